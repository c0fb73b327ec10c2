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

  function tag(key) {
    return '{{ ' + key + ' }}';
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
      select.addEventListener('focus', () => fill(select));
      select.addEventListener('change', () => this.insert(select));
      this.element.before(select);
      this.select = select;
    }

    disconnect() {
      this.select.remove();
    }

    insert(select) {
      if (!select.value) return;
      const input = this.element;
      const at = input.selectionStart === null ? input.value.length : input.selectionStart;
      input.setRangeText(tag(select.value), at, input.selectionEnd === null ? at : input.selectionEnd, 'end');
      select.value = '';
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.focus();
    }
  }

  window.wagtail.app.register('merge-fields', MergeFieldsController);
  window.kokoonMergeFields = { offered: offered, tag: tag, words: words };
})();
