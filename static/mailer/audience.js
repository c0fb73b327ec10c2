// Says how many people the ticked boxes are; the next page says it again, exactly, without this. And how many addresses
// are behind each box, some at a time.
const audience = document.querySelector('[data-campaign-audience]');
const total = document.querySelector('[data-campaign-total]');
const AT_ONCE = 10;
const SOON = 400; // milliseconds: an answer within them needs no excuse
let asked = 0;
let excuse;

const ask = async (url, query) => {
    query.append('campaign', audience.dataset.campaign);
    const response = await fetch(`${url}?${query}`);
    return response.ok ? response.json() : null;
};

const count = async () => {
    asked += 1;
    const mine = asked;
    const query = new URLSearchParams();
    for (const box of audience.querySelectorAll('input:checked, select')) query.append(box.name, box.value);
    clearTimeout(excuse);
    excuse = setTimeout(() => { total.textContent = total.dataset.waiting; }, SOON);
    const answer = await ask(audience.dataset.url, query);
    if (mine !== asked) return;
    clearTimeout(excuse);
    total.textContent = answer ? answer.sentence : '';
};

const size = async () => {
    const boxes = [...audience.querySelectorAll('input[type="checkbox"]')];
    const refs = [...new Set(boxes.map((box) => box.value))];
    for (let start = 0; start < refs.length; start += AT_ONCE) {
        const query = new URLSearchParams(refs.slice(start, start + AT_ONCE).map((ref) => ['ref', ref]));
        const answer = await ask(audience.dataset.sizesUrl, query);
        if (!answer) return;
        for (const box of boxes.filter((one) => one.value in answer.sizes)) {
            box.closest('label').append(` · ${answer.sizes[box.value]}`);
        }
    }
};

if (audience) {
    audience.addEventListener('change', count);
    count().then(size);
}
