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
