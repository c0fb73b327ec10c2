// The calendar puts the present moment in place of a date that it cannot read. Leave what was typed: the form reads
// more ways of writing a date, and says so when it cannot read one either.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

// A search box reports its change once more when it is left, and its list would be loaded anew: what has been ticked
// in it meanwhile would be lost.
document.addEventListener('change', (event) => {
  const box = event.target;
  if (!box.matches('[data-search-form] [name=q]')) return;
  if (box.value === (new URLSearchParams(window.location.search).get('q') ?? '')) event.stopPropagation();
}, true);

// The second click of a double click would send a form once more: a file or a note would be kept twice. A download
// leaves the page as it is: its form can be sent again a moment later, and at once when something else is chosen.
{
  const moment = 3000; // milliseconds
  const sent = new WeakMap();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post') return;
    const said = new URLSearchParams(new FormData(form, event.submitter)).toString();
    const last = sent.get(form);
    if (last?.said === said && Date.now() - last.at < moment) event.preventDefault();
    else sent.set(form, { said, at: Date.now() });
  });
}

// A drop-down of Wagtail's that Escape closes takes the focus with it, and the keyboard would go on at the top of the
// page. That of the filters takes it a moment later, too. One that opens by itself, when it is come upon, would open
// again.
document.addEventListener('w-dropdown:hide', ({ target }) => {
  if (target.dataset.wDropdownThemeValue === 'popup' || !target.contains(document.activeElement)) return;
  const button = target.querySelector('[data-w-dropdown-target="toggle"]');
  const giveBack = () => {
    const isLost = document.activeElement === document.body || target.contains(document.activeElement);
    if (isLost && button.getAttribute('aria-expanded') !== 'true') button.focus();
  };
  setTimeout(giveBack);
  setTimeout(giveBack, 300); // milliseconds; after 200 the filters go back to their menu
});
