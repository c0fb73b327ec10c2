// Shows how far an import is, and reloads the page when there is something new to show.
const box = document.querySelector('[data-progress]');
const bar = box.querySelector('progress');
const text = box.querySelector('[data-progress-text]');
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

for (let wait = 300; ; wait = Math.min(wait * 1.3, 2000)) {
  await pause(wait);
  const answer = await fetch(box.dataset.progress, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) continue; // the line is down for a moment: ask again
  const now = await answer.json();
  bar.value = now.percent;
  text.textContent = now.text;
  if (!now.working) break;
}
window.location.reload();
