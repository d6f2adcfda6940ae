'use strict';
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const tip = document.getElementById('tip');

  // Numbers as the page writes them elsewhere: thousands set apart, at most one decimal.
  const readable = value => value === null || !isFinite(value) ? '-'
    : Math.abs(value) >= 1e15 ? String(value)
    : value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const share = (part, whole) => whole > 0 ? Math.min(100, 100 * part / whole).toFixed(0) + '%' : '-';
  const list = ids => ids.length ? ids.slice(0, 24).join(' ') + (ids.length > 24 ? ' (+' + (ids.length - 24) + ')' : '') : 'none';

  const aboutStep = index => {
    const step = report.steps[index];
    if (!step) return '';
    return [
      'Step ' + index + ': ' + (step.ops.length === 1 ? 'op ' : 'ops ') + list(step.ops),
      'granularity ' + step.granularity.join(' x ') + ', ' + step.order + ', ' + step.grid.join(' x ') + ' tiles, '
        + readable(step.iterations) + (step.iterations === 1 ? ' iteration' : ' iterations'),
      'latency ' + readable(step.latency) + ' (' + share(step.latency, report.total_latency) + ' of all)',
      'compute ' + readable(step.compute) + ', transfer ' + readable(step.transfer),
      'in ' + readable(step.loaded_elements) + ', out ' + readable(step.evicted_elements) + ' elements',
      'peak ' + readable(step.peak_working_set) + ' (' + share(step.peak_working_set, report.facts.fast_memory_capacity)
        + ' of capacity)',
      'resident: ' + list(step.resident) + '; retained: ' + list(step.retained),
    ].join('\n');
  };
  const tensors = ids => list(report.tensor_names
    ? ids.map(id => report.tensor_names[id] ? id + ' (' + report.tensor_names[id] + ')' : id) : ids);
  const aboutOp = index => {
    const op = report.ops[index];
    return op ? 'Op ' + index + (op.name ? ' (' + op.name + ')' : '') + ', ' + op.kind + ', writes ' + op.shape.join(' x ') + ', base cost ' + readable(op.base_cost)
      + '\nreads ' + tensors(op.inputs) + ', writes ' + tensors(op.outputs) + '\n\n' : '';
  };

  // A title inside a drawing would show as a second tooltip over ours; its text becomes the name of the drawing.
  for (const drawing of document.querySelectorAll('svg[aria-labelledby]')) {
    const title = drawing.querySelector(':scope > title');
    drawing.setAttribute('aria-label', title.textContent);
    drawing.setAttribute('aria-describedby', drawing.querySelector(':scope > desc').id);
    drawing.removeAttribute('aria-labelledby');
    title.remove();
  }

  let marked = [];
  let markedStep = null;
  const mark = step => {
    if (step === markedStep) return;
    marked.forEach(element => element.classList.remove('on'));
    markedStep = step;
    marked = step === null ? []
      : [...document.querySelectorAll('[data-step="' + step + '"]')].filter(element => element.tagName !== 'g');
    marked.forEach(element => element.classList.add('on'));
  };
  const show = event => {
    const target = event.target.closest && event.target.closest('[data-tip], [data-step]');
    if (!target) { tip.hidden = true; mark(null); return; }
    mark(target.dataset.step === undefined ? null : target.dataset.step);
    if (target.tagName === 'TR') { tip.hidden = true; return; }
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
  document.addEventListener('keydown', event => { if (event.key === 'Escape') { tip.hidden = true; mark(null); } });

  const graph = document.getElementById('graph');
  const find = document.getElementById('find');
  const nodes = [...graph.querySelectorAll('[data-op]')];
  find.hidden = !nodes.length;
  find.addEventListener('input', () => {
    const text = find.value.trim().toLowerCase();
    let count = 0;
    for (const node of nodes) {
      const op = report.ops[node.dataset.op];
      const isFound = text !== '' && (node.dataset.op === text || (op.name || '').toLowerCase().includes(text)
        || op.kind.toLowerCase().includes(text));
      node.classList.toggle('found', isFound);
      if (isFound) count += 1;
    }
    graph.classList.toggle('searching', count > 0);
    document.getElementById('found').textContent = text === '' ? '' : count + ' found';
  });
  const whole = graph.viewBox.baseVal;
  const home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...home };
  const pixel = () => {
    const box = graph.getBoundingClientRect();
    return Math.max(view.width / Math.max(1, box.width), view.height / Math.max(1, box.height));
  };
  let isWaiting = false;
  const apply = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(draw);
  };
  const draw = () => {
    isWaiting = false;
    graph.setAttribute('viewBox', [view.x, view.y, view.width, view.height].join(' '));
    // Op numbers smaller than this cannot be read; the numbers of the steps take their place.
    graph.classList.toggle('far', pixel() > 1.75);
    graph.classList.toggle('zoomed', view.width < home.width * 0.999);
  };
  const toGraph = (x, y) => {
    const point = new DOMPoint(x, y).matrixTransform(graph.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  };
  const zoom = (factor, at) => {
    const width = Math.min(home.width, Math.max(120, view.width * factor));
    const scale = width / view.width;
    view = {
      x: at.x - (at.x - view.x) * scale, y: at.y - (at.y - view.y) * scale, width, height: view.height * scale,
    };
    keep();
    apply();
  };
  const keep = () => {
    view.x = Math.max(home.x, Math.min(view.x, home.x + home.width - view.width));
    view.y = Math.max(home.y, Math.min(view.y, home.y + home.height - view.height));
  };
  const pan = (x, y) => { view.x += x; view.y += y; keep(); apply(); };
  const fit = () => { view = { ...home }; apply(); };
  const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 });

  graph.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), toGraph(event.clientX, event.clientY));
  }, { passive: false });
  graph.addEventListener('dblclick', event => zoom(0.5, toGraph(event.clientX, event.clientY)));
  const pointers = new Map();
  graph.addEventListener('pointerdown', event => {
    pointers.set(event.pointerId, event);
    graph.setPointerCapture(event.pointerId);
    graph.classList.add('dragging');
  });
  graph.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pointers.size === 2) {
      const other = [...pointers.values()].find(pointer => pointer.pointerId !== event.pointerId);
      const distance = pointer => Math.max(1, Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY));
      zoom(distance(before) / distance(event),
        toGraph((event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2));
    } else {
      pan((before.clientX - event.clientX) * pixel(), (before.clientY - event.clientY) * pixel());
    }
    pointers.set(event.pointerId, event);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    graph.addEventListener(name, event => {
      pointers.delete(event.pointerId);
      if (!pointers.size) graph.classList.remove('dragging');
    });
  }
  graph.addEventListener('keydown', event => {
    const step = view.width / 8;
    const act = {
      ArrowLeft: () => pan(-step, 0), ArrowRight: () => pan(step, 0), ArrowUp: () => pan(0, -step),
      ArrowDown: () => pan(0, step), '+': () => zoom(0.7, middle()), '=': () => zoom(0.7, middle()),
      '-': () => zoom(1 / 0.7, middle()), '0': fit,
    }[event.key];
    const moves = event.key.startsWith('Arrow');
    if (!act || event.ctrlKey || event.metaKey || (moves && !graph.classList.contains('zoomed'))) return;
    event.preventDefault();
    act();
  });
  const tools = document.getElementById('graph-tools');
  tools.hidden = false;
  tools.addEventListener('click', event => {
    const kind = event.target.dataset.zoom;
    if (kind === 'in') zoom(0.7, middle());
    if (kind === 'out') zoom(1 / 0.7, middle());
    if (kind === 'fit') fit();
  });
  addEventListener('resize', apply);
  // Paper shows everything.
  addEventListener('beforeprint', () => {
    fit();
    draw();
    document.querySelectorAll('details').forEach(details => { details.open = true; });
  });
  draw();
})();
