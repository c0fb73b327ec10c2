// Where an organisation has more companies than a page can offer, they are asked for while somebody types.
for (const input of document.querySelectorAll('[data-companies]')) {
  let asked = 0;
  let waiting;
  const ask = async () => {
    asked += 1;
    const mine = asked;
    const answer = await fetch(`${input.dataset.companies}?${new URLSearchParams({ q: input.value })}`);
    if (!answer.ok || mine !== asked) return;
    const { names } = await answer.json();
    const typed = input.value;
    const options = names.map((value) => {
      // A browser offers only what holds what was typed: plain letters stand beside the name that has accents.
      const label = value.toLowerCase().includes(typed.toLowerCase()) ? '' : typed;
      return Object.assign(document.createElement('option'), { value, label });
    });
    input.list.replaceChildren(...options);
  };
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    if (input.value.trim().length > 1) waiting = setTimeout(ask, 150);
  });
}
