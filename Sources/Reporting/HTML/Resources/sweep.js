const rows = JSON.parse(document.getElementById('report').textContent);
const tip = document.getElementById('tip');
document.documentElement.classList.add('live');

// A title inside a drawing would show as a second tooltip over ours; its text becomes the name of the drawing.
for (const drawing of document.querySelectorAll('svg[aria-labelledby]')) {
  const title = drawing.querySelector(':scope > title');
  drawing.setAttribute('aria-label', title.textContent);
  drawing.setAttribute('aria-describedby', drawing.querySelector(':scope > desc').id);
  drawing.removeAttribute('aria-labelledby');
  title.remove();
}

// The point under the pointer: its numbers, and its line of the table.
let marked = [];
const mark = elements => {
  marked.forEach(element => element.classList.remove('on'));
  marked = elements;
  marked.forEach(element => element.classList.add('on'));
};
const show = event => {
  const target = event.target.closest && event.target.closest('[data-tip]');
  const line = event.target.closest && event.target.closest('tr[data-point]');
  const start = target ? target.dataset.tip.split(':')[0] : line ? 'point ' + line.dataset.point : '';
  mark(start === '' ? [] : [...document.querySelectorAll('[data-tip]')].filter(e => e.dataset.tip.startsWith(start + ':'))
    .concat([...document.querySelectorAll('tr[data-point="' + start.slice(6) + '"]')]));
  if (!target) { tip.hidden = true; return; }
  if (tip.textContent !== target.dataset.tip) tip.textContent = target.dataset.tip;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const below = event.clientY + 18;
  tip.style.left = Math.max(6, Math.min(event.clientX + 14, innerWidth - box.width - 6)) + 'px';
  tip.style.top = (below + box.height < innerHeight ? below : Math.max(6, event.clientY - box.height - 12)) + 'px';
};
document.addEventListener('pointermove', show);
document.addEventListener('pointerdown', show);
document.addEventListener('scroll', () => { tip.hidden = true; }, { passive: true });
document.addEventListener('keydown', event => { if (event.key === 'Escape') { tip.hidden = true; mark([]); } });

// The table can be sorted by its numbers: up, down, and back.
const body = document.querySelector('table.points tbody');
const original = [...body.rows];
const byNumber = new Map(rows.map(row => [String(row.number), row]));
for (const head of document.querySelectorAll('table.points th[data-key]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'sort';
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener('click', () => {
    const next = { ascending: 'descending', descending: null }[head.getAttribute('aria-sort')];
    const order = next === undefined ? 'ascending' : next;
    document.querySelectorAll('table.points th[aria-sort]').forEach(other => other.removeAttribute('aria-sort'));
    if (order) head.setAttribute('aria-sort', order);
    const value = line => { const v = byNumber.get(line.dataset.point)[head.dataset.key]; return v === undefined ? Infinity : v; };
    const sign = order === 'descending' ? -1 : 1;
    body.append(...(order ? [...original].sort((a, b) => sign * (value(a) - value(b))) : original));
  });
}
