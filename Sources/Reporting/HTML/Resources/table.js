// The table of steps, sorted by the column whose head is clicked: rising, falling, and as the schedule has it.
(() => {
  const table = document.querySelector('table.steps');
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const keys = {
    ops: step => step.ops[0], layers: step => Math.min(...step.ops.map(op => report.groups.group_of_op[op])), tile: step => step.granularity.reduce((a, b) => a * b, 1), order: step => step.order,
    grid: step => step.grid[0] * step.grid[1], iterations: step => step.iterations, compute: step => step.compute,
    in: step => step.loaded_elements, out: step => step.evicted_elements, latency: step => step.latency,
    bound: step => step.compute / step.latency, peak: step => step.peak_working_set,
    resident: step => step.resident.length, retained: step => step.retained.length, step: () => 0,
  };
  const heads = [...table.tHead.rows[0].cells];
  for (const head of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const before = head.getAttribute('aria-sort');
      const next = before === 'descending' ? 'ascending' : before === 'ascending' ? null : 'descending';
      heads.forEach(other => other.removeAttribute('aria-sort'));
      if (next) head.setAttribute('aria-sort', next);
      const key = keys[head.dataset.key];
      const order = rows.map((row, index) => ({ row, index, value: key(report.steps[index]) }));
      if (next || head.dataset.key === 'step') {
        const sign = next === 'descending' ? -1 : 1;
        order.sort((a, b) => head.dataset.key === 'step' ? sign * (a.index - b.index)
          : sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0) || a.index - b.index);
      }
      body.append(...order.map(entry => entry.row));
    });
  }
})();
