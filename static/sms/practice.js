/* While a message is being looked at, the page looks again by itself. Without JavaScript there is a link. */
(function () {
  'use strict';

  const talk = document.getElementById('talk');
  if (talk) talk.lastElementChild.scrollIntoView({ block: 'nearest' });
  const looks = Number(new URLSearchParams(window.location.search).get('look') || 0);
  if (talk && talk.dataset.waiting === 'yes' && looks < 4) {
    const address = new URL(window.location);
    address.searchParams.set('look', looks + 1);
    window.setTimeout(() => {
      if (!document.querySelector('form [name="text"]').value) window.location.replace(address);
    }, 1000 * (looks + 1));
  }
})();
