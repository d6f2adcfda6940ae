// One step, iteration by iteration: a row per tensor, a column per iteration, and where the tile lies in the output.
(() => {
  const section = document.getElementById('tiles');
  section.hidden = false;
  const grid = document.getElementById('tiles-grid');
  const strip = document.getElementById('tiles-strip');
  const position = document.getElementById('tiles-position');
  const outcome = document.getElementById('tiles-outcome');
  const facts = document.getElementById('tiles-facts');
  const play = document.getElementById('tiles-play');
  let step = 0;
  let timer = null;

  // Wide where there are few iterations, but never so narrow that one cannot be told from the next.
  const widths = { least: 14, most: 56, all: 560 };
  let column = widths.least;
  const row = 16;
  const top = 4;
  const shortName = id => {
    const { name } = report.tensors[id];
    // The end of a name tells more.
    return 'tensor ' + id + (name ? ' ' + (name.length > 16 ? '…' + name.slice(-15) : name) : '');
  };
  // Tiles drawn in a row or column of the grid at most; larger grids are drawn coarser.
  const coarsest = 24;

  const stays = () => [...new Set([...report.steps[step].resident, ...report.steps[step].retained])];
  const rows = log => [
    ...log.tensors.map((id, number) => ({ id, title: shortName(id), cells: at => [log.loaded[number][at], log.held[number][at]] })),
    ...log.evicted_tensors.map(id => ({ id, title: shortName(id), evicts: true })),
    ...stays().filter(id => !log.tensors.includes(id)).map(id => ({ id, title: shortName(id), stays: true })),
  ];

  const drawStrip = log => {
    const lanes = rows(log);
    const left = Math.max(...lanes.map(lane => lane.title.length)) * 6.8 + 12;
    const count = log.iterations;
    column = Math.max(widths.least, Math.min(widths.most, widths.all / count));
    const content = document.createDocumentFragment();
    const cell = (kind, at, lane, part = 1) => {
      const height = Math.max(1.5, (row - 3) * part);
      content.append(svgElement('rect', {
        class: 'cell ' + kind, x: left + at * column, width: column, height, y: top + lane * row + row - 3 - height,
        'data-at': at,
      }));
    };
    lanes.forEach((lane, number) => {
      content.append(svgElement('text', { class: 'name', x: 0, y: top + number * row + 11 }, lane.title));
      for (let at = 0; at < count; at += 1) {
        if (lane.stays) cell('stays', at, number);
        else if (lane.evicts) { if (log.evicted[at] > 0) cell('evicted', at, number); }
        else {
          const [loaded, held] = lane.cells(at);
          if (held > 0) cell('kept', at, number);
          if (loaded > 0) cell('loaded', at, number, Math.min(1, loaded / Math.max(held, loaded)));
        }
      }
    });
    // Below, what each iteration computes and moves, in units of time.
    const base = top + lanes.length * row + 44;
    const bandwidth = report.facts.slow_memory_bandwidth;
    const moved = at => (log.loaded.reduce((sum, list) => sum + list[at], 0) + log.evicted[at]) / bandwidth;
    const longest = Math.max(1e-300, ...log.compute.map((value, at) => Math.max(value, moved(at))));
    content.append(svgElement('text', { class: 'name', x: 0, y: base - 22 }, 'computes,'));
    content.append(svgElement('text', { class: 'name', x: 0, y: base - 8 }, 'moves'));
    for (let at = 0; at < count; at += 1) {
      for (const [kind, value, shift] of [['compute', log.compute[at], 0], ['memory', moved(at), column / 2]]) {
        const height = 36 * value / longest;
        content.append(svgElement('rect', {
          class: 'share ' + kind, x: left + at * column + shift, y: base - height, width: column / 2, height, 'data-at': at,
        }));
      }
    }
    content.append(svgElement('rect', { class: 'cursor', y: 1, width: column, height: base }));
    strip.replaceChildren(content);
    strip.setAttribute('width', left + count * column + 4);
    strip.setAttribute('height', base + 4);
    strip.dataset.left = left;
  };

  const drawGrid = (log, at) => {
    const [height, width] = report.steps[step].grid;
    const [lines, columns] = [Math.min(height, coarsest), Math.min(width, coarsest)];
    const cell = tile => [Math.floor(Math.floor(tile / width) * lines / height), Math.floor(tile % width * columns / width)];
    const now = Math.floor(at / log.reduction_steps);
    const past = new Set(log.tiles.slice(0, now).map(tile => cell(tile).join()));
    const current = cell(log.tiles[now]).join();
    const size = Math.min(140 / columns, 140 / lines, 30);
    const content = document.createDocumentFragment();
    for (let line = 0; line < lines; line += 1) {
      for (let place = 0; place < columns; place += 1) {
        const key = [line, place].join();
        content.append(svgElement('rect', {
          class: 'grid-tile' + (key === current ? ' now' : past.has(key) ? ' past' : ''),
          x: 2 + place * size, y: 2 + line * size, width: size, height: size,
        }));
      }
    }
    grid.replaceChildren(content);
    grid.setAttribute('viewBox', `0 0 150 ${4 + lines * size}`);
  };

  const showIteration = at => {
    const log = report.strips[step];
    if (!log) return;
    position.value = at;
    const cursor = strip.querySelector('.cursor');
    const x = Number(strip.dataset.left) + at * column;
    cursor.setAttribute('x', x);
    const frame = strip.parentElement;
    if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth - 2 * column) frame.scrollLeft = x - frame.clientWidth / 2;
    drawGrid(log, at);
    const tile = log.tiles[Math.floor(at / log.reduction_steps)];
    const width = report.steps[step].grid[1];
    const part = kind => log.tensors.map((id, number) => [id, kind === 'loads' ? log.loaded[number][at] : log.held[number][at] - log.loaded[number][at]])
      .filter(([, amount]) => amount > 0).map(([id, amount]) => shortName(id) + ' ' + readable(amount)).join(', ') || 'nothing';
    facts.textContent = [
      'Iteration ' + at + ' of ' + readable(report.steps[step].iterations) + ': tile in row ' + Math.floor(tile / width)
        + ', column ' + tile % width + (log.reduction_steps > 1 ? ', k-step ' + at % log.reduction_steps + ' of ' + log.reduction_steps : ''),
      'loads ' + part('loads') + '; keeps ' + part('keeps') + '; evicts '
        + (log.evicted[at] > 0 ? log.evicted_tensors.map(shortName).join(', ') + ', ' + readable(log.evicted[at]) + ' elements' : 'nothing'),
      'holds ' + readable(log.working_set[at]) + ' of ' + readable(report.facts.fast_memory_capacity) + ' elements, computes '
        + readable(log.compute[at]) + ' units of time',
      log.iterations < report.steps[step].iterations ? 'The first ' + log.iterations + ' iterations are shown.' : '',
    ].join('\n').trim();
  };

  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = 'Play';
    play.setAttribute('aria-pressed', 'false');
  };
  const showStep = index => {
    stop();
    step = Math.max(0, Math.min(report.steps.length - 1, index));
    const log = report.strips[step];
    const ops = report.steps[step].ops;
    outcome.textContent = 'step ' + step + ': ' + (ops.length === 1 ? 'op ' : 'ops ') + cut(list(ops, opText), 120);
    position.disabled = play.disabled = !log;
    if (!log) {
      strip.replaceChildren();
      grid.replaceChildren();
      facts.textContent = 'The page has room for the iterations of other steps only.';
      return;
    }
    position.max = log.iterations - 1;
    drawStrip(log);
    showIteration(0);
  };
  position.addEventListener('input', () => { stop(); showIteration(Number(position.value)); });
  strip.addEventListener('click', event => {
    const at = event.target.dataset.at;
    if (at !== undefined) { stop(); showIteration(Number(at)); }
  });
  play.addEventListener('click', () => {
    if (timer) { stop(); return; }
    const log = report.strips[step];
    let at = Number(position.value) + 1 < log.iterations ? Number(position.value) : -1;
    play.textContent = 'Stop';
    play.setAttribute('aria-pressed', 'true');
    timer = setInterval(() => {
      at += 1;
      if (at >= log.iterations) { stop(); return; }
      showIteration(at);
    }, Math.max(60, Math.min(400, 8000 / log.iterations)));
  });
  document.getElementById('tiles-previous').addEventListener('click', () => pin(Math.max(0, step - 1)));
  document.getElementById('tiles-next').addEventListener('click', () => pin(Math.min(report.steps.length - 1, step + 1)));
  whenPinned.push(index => { if (index !== null) showStep(index); });
  // The step that takes longest is the one to look at first.
  const longest = report.steps.reduce((best, step, index) => report.strips[index]
    && (!report.strips[best] || step.latency > report.steps[best].latency) ? index : best, 0);
  if (report.steps.length) showStep(longest); else section.hidden = true;
})();
