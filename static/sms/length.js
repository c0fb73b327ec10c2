/* Beneath a text message that is being written: how many messages it takes, and how many characters have room. It counts
   as sms/encoding.py does, with the letters and numbers that it is given; the server has the last word. */
(function () {
  'use strict';

  function width(letter, single, double) {
    if (single.includes(letter)) return 1;
    return double.includes(letter) ? 2 : 0;
  }

  /** Messages, and what is left in the last of them. What would be torn apart begins the next one. */
  function measure(text, field) {
    const { smsSingle: single, smsDouble: double } = field.dataset;
    const [septets, septetsOfPart, units, unitsOfPart] = field.dataset.smsLength.split(' ').map(Number);
    const letters = [...text];
    const gsm = letters.every((letter) => width(letter, single, double));
    const widths = letters.map((letter) => (gsm ? width(letter, single, double) : letter.length));
    const used = widths.reduce((sum, each) => sum + each, 0);
    if (used <= (gsm ? septets : units)) return { parts: 1, left: (gsm ? septets : units) - used };
    const room = gsm ? septetsOfPart : unitsOfPart;
    let parts = 1;
    let left = room;
    widths.forEach((each) => {
      if (each > left) {
        parts += 1;
        left = room;
      }
      left -= each;
    });
    return { parts, left };
  }

  /** As it is saved: pasted text may have letters in pieces, and spaces and marks that cost and are not sent. */
  function cleaned(text) {
    const seen = text.normalize('NFC').replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
    return seen.replace(/[^\S\n]+/g, ' ').replace(/ ?\n ?/g, '\n').trim();
  }

  function show(field, line) {
    const { parts, left } = measure(cleaned(field.value), field);
    const most = Number(field.dataset.smsLength.split(' ')[4]);
    const over = parts > most;
    if (!field.value.trim()) {
      line.textContent = '';
      return;
    }
    const words = over ? field.dataset.smsOver : parts > 1 ? field.dataset.smsMore : field.dataset.smsOne;
    line.textContent = words.replace('%(parts)s', parts).replace('%(left)s', left);
    line.toggleAttribute('data-over', over);
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-sms-length]').forEach((field) => {
      const line = document.createElement('p');
      line.className = 'sms-length';
      line.id = `${field.id}-length`;
      field.setAttribute('aria-describedby', `${field.getAttribute('aria-describedby') || ''} ${line.id}`.trim());
      field.after(line);
      field.addEventListener('input', () => show(field, line));
      show(field, line);
    });
  });
})();
