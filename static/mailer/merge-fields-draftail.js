/* The same menu below a rich text: a Draftail control. */
(function () {
  'use strict';

  const { createElement, useState } = window.React;
  const { EditorState, Modifier } = window.DraftJS;

  function MergeFieldsMenu({ getEditorState, onChange }) {
    const merge = window.kokoonMergeFields;
    const [fields, setFields] = useState([]);
    if (!merge) return null;

    function insert(event) {
      const key = event.target.value;
      if (!key) return;
      const state = getEditorState();
      const style = state.getCurrentInlineStyle();
      const content = Modifier.replaceText(state.getCurrentContent(), state.getSelection(), merge.tag(key), style);
      const next = EditorState.push(state, content, 'insert-characters');
      onChange(EditorState.forceSelection(next, content.getSelectionAfter()));
    }

    return createElement(
      'select',
      {
        'className': 'merge-fields',
        'aria-label': merge.words('label'),
        'value': '',
        'onFocus': () => setFields(merge.offered()),
        'onMouseDown': () => setFields(merge.offered()),
        'onChange': insert,
      },
      createElement('option', { value: '' }, merge.words('insert')),
      fields.map((field) => createElement('option', { key: field.key, value: field.key }, field.label)),
    );
  }

  window.draftail.registerPlugin({ type: 'merge-fields', meta: MergeFieldsMenu }, 'controls');
})();
