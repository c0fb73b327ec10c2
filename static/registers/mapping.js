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

// Keys are asked in the order in which they are ticked: those that are stand first, the newest last of them.
const keys = document.querySelector('[data-mapping-keys]');
keys?.addEventListener('change', (event) => {
  const label = event.target.closest('label');
  const last = [...keys.querySelectorAll('label:has(:checked)')].filter((one) => one !== label).at(-1);
  if (last) last.after(label);
  else keys.prepend(label);
  event.target.focus();
});

// The day of the list is asked only where it counts.
const day = document.querySelector('[data-mapping-newer]');
const rules = document.querySelectorAll('[name="rule"], [name="column_rule"]');
const askDay = () => {
  day.hidden = ![...rules].some((rule) => rule.value === 'newer' && (rule.type !== 'radio' || rule.checked));
};
if (day) {
  for (const rule of rules) rule.addEventListener('change', askDay);
  askDay();
}

// What people agreed to, and what they are against, is asked only of the columns that say it.
const targets = [...document.querySelectorAll('[data-mapping-target]')];
for (const [kind, prefix] of [['Consent', 'consent.'], ['Stop', 'stop.']]) {
  const about = document.querySelector(`[data-mapping-${kind.toLowerCase()}s]`);
  const ask = () => {
    const chosen = targets.map((target) => target.value.startsWith(prefix));
    for (const each of about.querySelectorAll(`[data-mapping-${kind.toLowerCase()}]`)) {
      each.hidden = !chosen[Number(each.dataset[`mapping${kind}`])];
    }
    about.hidden = !chosen.includes(true);
    about.open = !about.hidden;
  };
  if (about) {
    for (const target of targets) target.addEventListener('change', ask);
    ask();
  }
}

// A no that would stop nothing is told of as long as it is so.
for (const warning of document.querySelectorAll('[data-mapping-unheeded]')) {
  const target = warning.closest('tr').querySelector('[data-mapping-target]');
  target.addEventListener('change', () => {
    warning.hidden = !['', 'new'].includes(target.value) && !target.value.startsWith('attributes.');
  });
}
