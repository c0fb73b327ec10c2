/* While a message is being looked at, the page looks again by itself. Without JavaScript there is a link. */
(function () {
  'use strict';

  const talk = document.getElementById('talk');
  if (talk) talk.lastElementChild.scrollIntoView({ block: 'nearest' });
  if (talk && talk.dataset.waiting === 'yes' && !document.querySelector('form [name="text"]').value) {
    window.setTimeout(() => window.location.reload(), 1500);
  }
})();
