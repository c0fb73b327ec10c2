// Keeps the numbers of an event up with what comes in, while somebody looks.
const live = document.querySelector("[data-live-numbers]");
if (live) {
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(live.dataset.liveNumbers, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return; // to the page for signing in, for example
      const html = await response.text();
      if (html !== live.dataset.seen) live.innerHTML = html;
      live.dataset.seen = html;
    } catch {
      // the next round tries again
    }
  };
  setInterval(refresh, 5000);
}
