// The timeline in a window of time: below it a strip of all steps, with a brush that is the window.
const timelineHost = document.getElementById('timeline-live');
const timeline = (() => {
  const total = report.total_latency;
  const shortest = total / Math.max(1, report.steps.length) / 4;
  const detail = timelineHost.querySelector('.detail');
  const strip = timelineHost.querySelector('.strip');
  const caption = timelineHost.querySelector('.caption');
  const margin = 2;
  let [from, to] = [0, total];
  const width = () => Math.max(200, timelineHost.clientWidth);
  const toX = (value, low, high) => margin + (value - low) / (high - low) * (width() - 2 * margin);
  const toTime = (x, low, high) => low + (x - margin) / (width() - 2 * margin) * (high - low);
  const end = step => step.start + step.latency;

  const visible = () => {
    let [low, high] = [0, report.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (end(report.steps[middle]) <= from) low = middle + 1; else high = middle;
    }
    let last = low;
    while (last < report.steps.length && report.steps[last].start < to) last += 1;
    return [low, Math.max(last, Math.min(low + 1, report.steps.length))];
  };

  const label = (parent, text, x, y, kind, room) => {
    // Bold text is wider.
    const length = Math.floor((room - 6) / (kind === 'on-bar' ? 8.4 : 6.6));
    if (length >= Math.min(text.length, 3) && (length >= text.length || kind === 'names')) {
      parent.append(svgElement('text', { class: 'name ' + kind, x, y, 'text-anchor': 'middle' }, cut(text, length)));
    }
  };

  // Lanes: what stands beside it, where it begins, how high it is and what part of that is filled.
  const lanes = [
    { title: 'computes', top: 76, height: 36, kind: 'share compute', part: step => step.latency > 0 ? step.compute / step.latency : 0 },
    { title: 'moves elements', top: 138, height: 36, kind: 'share memory', part: step => step.latency > 0 ? step.transfer / step.latency : 0 },
    { title: 'fast memory', top: 200, height: 36, kind: 'held slices', part: step => step.peak_working_set / report.facts.fast_memory_capacity },
  ];

  const drawDetail = () => {
    const content = document.createDocumentFragment();
    for (const lane of lanes) {
      content.append(svgElement('text', { class: 'label', x: margin, y: lane.top - 5 }, lane.title));
      content.append(svgElement('rect', { class: 'plot', x: margin, y: lane.top, width: width() - 2 * margin, height: lane.height }));
    }
    const [first, last] = visible();
    for (let index = first; index < last; index += 1) {
      const step = report.steps[index];
      const x = Math.max(margin, toX(step.start, from, to));
      const size = Math.max(0, Math.min(width() - margin, toX(end(step), from, to)) - x);
      content.append(svgElement('rect', {
        class: 'block ' + colourOf(index), x, y: 4, width: size, height: 46, 'data-step': index,
      }));
      const names = step.ops.map(tailName).join(' ');
      label(content, String(index), x + size / 2, 22, 'number', size);
      label(content, names, x + size / 2, 40, 'names', size);
      for (const lane of lanes) {
        const part = Math.max(0, Math.min(1, lane.part(step)));
        const height = part * lane.height;
        content.append(svgElement('rect', {
          class: lane.kind, x, y: lane.top + lane.height - height, width: size, height, 'data-step': index,
        }));
        const text = (part >= 1 ? 100 : Math.min(99, 100 * part)).toFixed(0) + '%';
        if (height > 16) label(content, text, x + size / 2, lane.top + lane.height - height + 13, 'on-bar', size);
      }
    }
    detail.replaceChildren(content);
    detail.setAttribute('viewBox', '0 0 ' + width() + ' 240');
    detail.style.height = '240px';
    detail.classList.toggle('crowded', (last - first) * 3 > width());
    caption.textContent = (from <= 0 && to >= total ? 'All ' + readable(report.steps.length) + ' steps' : 'Steps ' + first + ' to ' + (last - 1))
      + ', from ' + time(from) + ' to ' + time(to) + ' units of time';
    showPin();
  };

  const drawStrip = () => {
    const content = document.createDocumentFragment();
    report.steps.forEach((step, index) => content.append(svgElement('rect', {
      class: 'block ' + colourOf(index), x: toX(step.start, 0, total), y: 3, height: 22, 'data-step': index,
      width: Math.max(0, toX(end(step), 0, total) - toX(step.start, 0, total)),
    })));
    content.append(svgElement('rect', { class: 'brush', y: 1, height: 26 }));
    strip.replaceChildren(content);
    strip.setAttribute('viewBox', '0 0 ' + width() + ' 28');
    strip.style.height = '28px';
    strip.classList.toggle('crowded', report.steps.length * 3 > width());
  };
  const drawBrush = () => {
    const brush = strip.querySelector('.brush');
    const x = toX(from, 0, total);
    brush.setAttribute('x', x);
    brush.setAttribute('width', Math.max(3, toX(to, 0, total) - x));
  };
  let waits = false;
  const redraw = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; drawDetail(); drawBrush(); });
  };

  const setWindow = (low, high) => {
    const length = Math.min(total, Math.max(shortest, high - low));
    from = Math.max(0, Math.min(low, total - length));
    to = from + length;
    redraw();
  };
  const zoomBy = (factor, at = (from + to) / 2) => setWindow(at - (at - from) * factor, at + (to - at) * factor);
  const reveal = step => {
    const { start, latency } = report.steps[step];
    if (start < from || start + latency > to) {
      const length = Math.max((to - from), latency * 1.2);
      setWindow(start + latency / 2 - length / 2, start + latency / 2 + length / 2);
    }
  };

  // On the strip a drag moves the window, one of its ends, or begins a new one; in the detail it moves.
  let drag = null;
  const place = (event, drawing, low, high) =>
    toTime(event.clientX - drawing.getBoundingClientRect().left, low, high);
  strip.addEventListener('pointerdown', event => {
    const at = place(event, strip, 0, total);
    const near = 8 * total / width();
    const kind = from <= 0 && to >= total ? 'new' : Math.abs(at - from) < near ? 'low' : Math.abs(at - to) < near ? 'high'
      : at > from && at < to ? 'move' : 'new';
    drag = { kind, at, from, to };
    strip.setPointerCapture(event.pointerId);
  });
  strip.addEventListener('pointermove', event => {
    if (!drag) return;
    const at = place(event, strip, 0, total);
    if (drag.kind === 'move') setWindow(drag.from + at - drag.at, drag.to + at - drag.at);
    else {
      const fixed = drag.kind === 'low' ? drag.to : drag.kind === 'high' ? drag.from : drag.at;
      setWindow(Math.min(fixed, at), Math.max(fixed, at));
    }
  });
  detail.addEventListener('pointerdown', event => {
    drag = { kind: 'pan', x: event.clientX, from, to };
  });
  detail.addEventListener('pointermove', event => {
    if (!drag || drag.kind !== 'pan' || from <= 0 && to >= total) return;
    // Drawing anew takes away what a click began on; a hand that clicks shakes a little.
    drag.moved = drag.moved || Math.abs(event.clientX - drag.x) > 4;
    if (!drag.moved) return;
    const move = (drag.x - event.clientX) / width() * (drag.to - drag.from);
    setWindow(drag.from + move, drag.to + move);
  });
  for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => { drag = null; });
  detail.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomBy(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), place(event, detail, from, to));
  }, { passive: false });
  detail.addEventListener('dblclick', event => zoomBy(0.4, place(event, detail, from, to)));
  detail.addEventListener('keydown', event => {
    const step = (to - from) / 6;
    const act = {
      ArrowLeft: () => setWindow(from - step, to - step), ArrowRight: () => setWindow(from + step, to + step),
      '+': () => zoomBy(0.6), '=': () => zoomBy(0.6), '-': () => zoomBy(1 / 0.6), '0': () => setWindow(0, total),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  timelineHost.addEventListener('click', event => {
    const kind = event.target.dataset.zoom;
    if (kind === 'in') zoomBy(0.5);
    if (kind === 'out') zoomBy(2);
    if (kind === 'fit') setWindow(0, total);
  });
  const start = () => { drawStrip(); drawDetail(); drawBrush(); };
  addEventListener('resize', start);
  whenPinned.push(step => { if (step !== null) reveal(step); });
  whenColoured.push(start);
  start();
  return { window: () => [from, to], setWindow };
})();
