// The rule builder: operators and values follow the column, and the count follows the rule.
const form = document.querySelector('[data-segment]');
const condition = form.querySelector('[data-condition-template]').innerHTML;
const block = form.querySelector('[data-block-template]').innerHTML;
const DEEPEST = 2; // blocks within blocks
const LONGEST = 2000; // characters of an address
const found = form.querySelector('[data-found]');
const columns = new Map(
  JSON.parse(document.getElementById('segment-columns').textContent).map((column) => [column.key, column]),
);
let next = form.querySelectorAll('[data-condition], [data-block]').length;

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

function showOperators(row) {
  const column = columns.get(row.querySelector('[data-column]').value);
  row.querySelector('[data-operator]').replaceChildren(
    ...(column?.operators ?? []).map(([value, label, takes]) => {
      const option = element('option', { value, textContent: label });
      option.dataset.takes = takes;
      return option;
    }),
  );
  showValue(row);
}

function showValue(row) {
  const column = columns.get(row.querySelector('[data-column]').value);
  const takes = row.querySelector('[data-operator]').selectedOptions[0]?.dataset.takes ?? 'nothing';
  const box = row.querySelector('[data-value]');
  const at = row.dataset.condition;
  const name = `value-${at}`;
  // A day is no number of days.
  if (box.dataset.takes === 'days' || takes === 'days') box.replaceChildren();
  box.dataset.takes = takes;
  const kept = new Set([...box.querySelectorAll('input, select')].filter((input) => input.type !== 'checkbox' || input.checked).map((input) => input.value));
  box.replaceChildren();
  if (!column || takes === 'nothing') return;
  if (column.kind === 'choices') {
    box.append(
      ...column.options.map(([value, label]) =>
        element('label', {}, element('input', { type: 'checkbox', name, value, checked: kept.has(value) }), ` ${label}`),
      ),
    );
  } else if (column.kind === 'choice_one') {
    box.append(element('select', { name, ariaLabel: column.label }, ...column.options.map(([value, label]) => element('option', { value, textContent: label, selected: kept.has(value) }))));
  } else {
    const input = element('input', { type: column.kind === 'date' && takes !== 'days' ? 'date' : 'text', name, ariaLabel: column.label, value: [...kept][0] ?? '' });
    if (column.kind === 'number' || takes === 'days') input.inputMode = 'decimal';
    if (takes === 'several') input.placeholder = form.dataset.several;
    input.setAttribute('list', `values-${at}`);
    box.append(input, element('datalist', { id: `values-${at}` }, ...column.suggestions.map((value) => element('option', { value }))));
  }
}

function add(list, html) {
  list.insertAdjacentHTML('beforeend', html.replaceAll('__at__', `${list.dataset.conditions}${next++}`));
  return list.lastElementChild;
}

function addBlock(list) {
  const added = add(list, block);
  const depth = added.dataset.block.split('.').length;
  if (depth >= DEEPEST) added.querySelector('[data-add-block]').remove();
  add(added.querySelector('[data-conditions]'), condition);
  return added;
}

// What has the focus goes with it: on from the button that adds another one.
function remove(part) {
  const list = part.parentElement;
  part.remove();
  list.nextElementSibling.querySelector('[data-add-condition]').focus();
  count();
}

// A long rule, such as one with many addresses, does not fit into an address.
function ask(rule) {
  const address = `${form.dataset.countUrl}?${rule}`;
  if (address.length <= LONGEST) return fetch(address);
  rule.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
  return fetch(form.dataset.countUrl, { method: 'POST', body: rule });
}

let waiting;
let asked = 0;
function count() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const turn = ++asked;
    const rule = new URLSearchParams([...new FormData(form)].filter(([name]) => /^(match|column|op|value)/.test(name)));
    if (![...rule.keys()].some((name) => name.startsWith('column') && rule.get(name))) return found.replaceChildren();
    const answer = await ask(rule).catch(() => null);
    if (turn !== asked) return;
    // What stood there was the number of another rule.
    const now = answer?.ok ? await answer.json() : { mistake: form.dataset.uncounted };
    found.replaceChildren(
      ...(now.mistake
        ? [element('p', { className: 'registers-muted', textContent: now.mistake })]
        : [
            element('p', {}, element('strong', { textContent: now.text })),
            element('p', { className: 'registers-muted', textContent: now.sample.join(' · ') }),
          ]),
    );
  }, 300);
}

form.addEventListener('change', (event) => {
  const row = event.target.closest('[data-condition]');
  if (event.target.matches('[data-column]')) showOperators(row);
  if (event.target.matches('[data-operator]')) showValue(row);
  count();
});
form.addEventListener('input', count);
form.addEventListener('paste', (event) => {
  // A column of a spreadsheet: a line of text would take its lines for one value.
  const takes = event.target.closest('[data-condition]')?.querySelector('[data-operator]').selectedOptions[0]?.dataset.takes;
  const lines = event.clipboardData.getData('text').split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);
  if (takes !== 'several' || lines.length < 2) return;
  event.preventDefault();
  const text = lines.map((line) => (/[,;"]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line)).join(', ');
  event.target.setRangeText(text, event.target.selectionStart, event.target.selectionEnd, 'end');
  count();
});
form.addEventListener('click', (event) => {
  const adds = event.target.closest('[data-add-condition], [data-add-block]');
  if (adds) {
    event.preventDefault();
    const list = adds.parentElement.previousElementSibling;
    const added = adds.matches('[data-add-block]') ? addBlock(list) : add(list, condition);
    added.querySelector('[data-column]').focus();
  } else if (event.target.closest('[data-remove-block]')) {
    remove(event.target.closest('[data-block]'));
  } else if (event.target.closest('[data-remove-condition]')) {
    remove(event.target.closest('[data-condition]'));
  }
});
form.querySelector('[data-count]').hidden = true;
