// Says how many people the ticked boxes are; the next page says it again, exactly, without this.
const audience = document.querySelector('[data-campaign-audience]');
const total = document.querySelector('[data-campaign-total]');
let asked = 0;

const count = async () => {
    asked += 1;
    const mine = asked;
    const query = new URLSearchParams({campaign: audience.dataset.campaign});
    for (const box of audience.querySelectorAll('input:checked, select')) query.append(box.name, box.value);
    const response = await fetch(`${audience.dataset.url}?${query}`);
    if (response.ok && mine === asked) total.textContent = (await response.json()).sentence;
};

if (audience) {
    audience.addEventListener('change', count);
    count();
}
