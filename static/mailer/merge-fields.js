/* An "Insert field" menu above subject, headings and button words, and below each text: it writes the merge field
   at the cursor. Without JavaScript the fields are listed in the panel and can be typed. */
(function () {
  'use strict';

  function offered() {
    const data = document.getElementById('merge-fields');
    const register = document.querySelector('[name="register"]');
    const fields = data ? JSON.parse(data.textContent) : {};
    return fields[register ? register.value : ''] || fields[''] || [];
  }

  /** With words for those whose value is not known: nobody gets “Dear ,”. */
  function tag(key) {
    const field = offered().find((each) => each.key === key);
    const fallback = field ? field.fallback : '';
    return fallback ? '{{ ' + key + '|' + fallback + ' }}' : '{{ ' + key + ' }}';
  }

  function words(name) {
    const data = document.getElementById('merge-fields-words');
    return data ? JSON.parse(data.textContent)[name] : '';
  }

  function fill(select) {
    const first = document.createElement('option');
    first.value = '';
    first.textContent = words('insert');
    select.replaceChildren(
      first,
      ...offered().map(function (field) {
        const option = document.createElement('option');
        option.value = field.key;
        option.textContent = field.label;
        return option;
      }),
    );
  }

  const { Controller } = window.StimulusModule;

  /** On an input: sets the menu above it. */
  class MergeFieldsController extends Controller {
    connect() {
      const select = document.createElement('select');
      select.className = 'merge-fields';
      select.setAttribute('aria-label', words('label'));
      fill(select);
      this.refill = (event) => event.target.name === 'register' && fill(select);
      document.addEventListener('change', this.refill);
      select.addEventListener('change', () => this.insert(select));
      this.element.before(select);
      this.select = select;
      // An input keeps its cursor when it is left, and not every browser has it left for a menu. One never visited
      // is filled at its end.
      this.visit = () => { this.visited = true; };
      for (const sign of ['focus', 'input']) this.element.addEventListener(sign, this.visit);
    }

    disconnect() {
      this.select.remove();
      document.removeEventListener('change', this.refill);
      for (const sign of ['focus', 'input']) this.element.removeEventListener(sign, this.visit);
    }

    insert(select) {
      if (!select.value) return;
      const input = this.element;
      const text = tag(select.value);
      const length = input.value.length;
      const [start, stop] = this.visited ? [input.selectionStart, input.selectionEnd] : [length, length];
      input.setRangeText(text, start, stop, 'end');
      const end = start + text.length;
      select.value = '';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.focus();
      // The words for an empty value are marked: typing replaces them.
      const words = text.indexOf('|');
      if (words > 0) input.setSelectionRange(end - text.length + words + 1, end - ' }}'.length);
    }
  }

  window.wagtail.app.register('merge-fields', MergeFieldsController);
  window.kokoonMergeFields = { offered: offered, tag: tag, words: words };
})();
