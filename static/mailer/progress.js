// Keeps the page of a running campaign up to date; without it, loading the page again does the same.
const section = document.querySelector('[data-campaign-progress]');
// Before the start there is nothing to show yet, and it begins in a moment.
const EVERY = section?.dataset.state === 'scheduled' ? 500 : 2000;

const show = (answer) => {
    section.querySelector('[data-sentence]').textContent = answer.sentence;
    section.querySelector('progress').value = answer.percent;
    section.querySelector('[data-problem]').hidden = !answer.problem;
    section.querySelector('[data-problem-text]').textContent = answer.problem;
    for (const [name, value] of Object.entries(answer.figures)) {
        const figure = document.querySelector(`[data-figure="${name}"]`);
        if (figure) figure.textContent = value;
    }
};

const look = async () => {
    try {
        const response = await fetch(section.dataset.url, { headers: { Accept: 'application/json' } });
        if (response.ok) {
            const answer = await response.json();
            if (answer.state !== section.dataset.state) {
                window.location.reload();
                return;
            }
            if (section.dataset.state !== 'scheduled') show(answer);
        }
    } catch (error) {
        // The line is away for a moment: the next look will tell.
        if (!(error instanceof TypeError)) throw error;
    }
    setTimeout(look, EVERY);
};

if (section) setTimeout(look, EVERY);
