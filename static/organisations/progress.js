// Shows how far the work is that a page waits for, and loads the page again once it stands elsewhere.
// Without it, loading the page again does the same.
const box = document.querySelector('[data-progress]');
const bar = box.querySelector('progress');
const text = box.querySelector('[data-progress-text]');
const problem = box.querySelector('[data-problem]');
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

for (let wait = 300; ; wait = Math.min(wait * 1.3, 2000)) {
  await pause(wait);
  const answer = await fetch(box.dataset.progress, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) continue; // the line is down for a moment: ask again
  const now = await answer.json();
  if (now.state !== box.dataset.state) break;
  if (now.percent !== null) bar.value = now.percent; // else nobody knows how long it takes
  if (text) text.textContent = now.text;
  if (problem) {
    problem.hidden = !now.problem;
    problem.querySelector('[data-problem-text]').textContent = now.problem;
  }
  for (const [name, value] of Object.entries(now.figures ?? {})) {
    const figure = document.querySelector(`[data-figure="${name}"]`);
    if (figure) figure.textContent = value;
  }
}
window.location.reload();
