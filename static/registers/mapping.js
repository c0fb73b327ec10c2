// The type is asked only of columns that are new.
for (const target of document.querySelectorAll('[data-mapping-target]')) {
  const row = target.closest('tr');
  const type = row.querySelector('[data-mapping-type]');
  const show = () => {
    type.hidden = target.value !== 'new';
    row.classList.toggle('registers-mapping--skip', target.value === '');
  };
  target.addEventListener('change', show);
  show();
}
