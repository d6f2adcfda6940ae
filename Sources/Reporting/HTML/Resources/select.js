// The step under the pointer is marked everywhere, and one that was clicked stays so until the next click.
const carriers = step => [...document.querySelectorAll('[data-step="' + step + '"]')]
  .filter(element => element.tagName !== 'g');
let marked = [];
let markedStep = null;
const mark = step => {
  if (step === markedStep) return;
  marked.forEach(element => element.classList.remove('on'));
  markedStep = step;
  marked = step === null ? [] : carriers(step);
  marked.forEach(element => element.classList.add('on'));
};

let pinned = null;
const whenPinned = [];
const showPin = () => {
  document.querySelectorAll('.pin').forEach(element => element.classList.remove('pin'));
  if (pinned !== null) carriers(pinned).forEach(element => element.classList.add('pin'));
};
const pin = step => {
  pinned = step === null || !report.steps[step] ? null : Number(step);
  showPin();
  whenPinned.forEach(act => act(pinned));
};

const show = event => {
  const target = event.target.closest && event.target.closest('[data-tip], [data-step]');
  if (!target) { tip.hidden = true; mark(null); return; }
  mark(target.dataset.step === undefined ? null : target.dataset.step);
  if (target.closest('table, .quiet')) { tip.hidden = true; return; }
  const text = (target.dataset.tip !== undefined ? target.dataset.tip + (target.dataset.step !== undefined ? '\n\n' : '') : '')
    + (target.dataset.op !== undefined ? aboutOp(target.dataset.op) : '')
    + (target.dataset.step !== undefined ? aboutStep(target.dataset.step) : '');
  if (tip.textContent !== text) tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.max(6, Math.min(event.clientX + 14, innerWidth - box.width - 6));
  const below = event.clientY + 18;
  tip.style.left = left + 'px';
  tip.style.top = (below + box.height < innerHeight ? below : Math.max(6, event.clientY - box.height - 12)) + 'px';
};
document.addEventListener('pointermove', show);
document.addEventListener('pointerdown', show);
document.addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  tip.hidden = true;
  mark(null);
  pin(null);
});

// A drag ends in a click too; it pins nothing.
let pressed = null;
document.addEventListener('pointerdown', event => { pressed = { x: event.clientX, y: event.clientY }; }, true);
document.addEventListener('click', event => {
  if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4) return;
  // The graph holds on to the pointer, so that its clicks come from the drawing as a whole.
  const under = document.elementFromPoint(event.clientX, event.clientY) || event.target;
  const target = (event.target.closest('button, summary, input') ? event.target : under).closest('[data-step]');
  if (!target || target.closest('.quiet')) return;
  pin(Number(target.dataset.step) === pinned ? null : target.dataset.step);
});
