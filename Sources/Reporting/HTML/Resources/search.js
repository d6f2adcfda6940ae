// Ops and tensors by name or number; steps that compute an op found, or touch a tensor found, are marked.
(() => {
  const field = document.getElementById('search');
  const outcome = document.getElementById('search-outcome');
  let found = [];
  let current = -1;
  const stepsOf = new Map();
  report.steps.forEach((step, index) => step.ops.forEach(op => stepsOf.set(op, [...stepsOf.get(op) || [], index])));

  const search = text => {
    const words = text.trim().toLowerCase();
    if (!words) return [];
    const groups = report.groups;
    const grouped = groups && words.startsWith(groups.kind + ':') ? words.slice(groups.kind.length + 1).trim() : null;
    if (grouped !== null) {
      const group = groups.groups.find(group => group.name.toLowerCase() === grouped);
      return !group ? [] : group.ops.flatMap(op => (stepsOf.get(op) || []).map(step => ({ step, op })));
    }
    const number = /^(op|tensor|step)?\s*(\d+)$/.exec(words);
    const fits = name => name && name.toLowerCase().includes(words);
    const isTensor = id => (number ? number[1] === 'tensor' && Number(number[2]) === id : fits(report.tensors[id].name));
    const ops = [];
    report.ops.forEach((op, id) => {
      const isOp = number ? number[1] === undefined || number[1] === 'op' ? Number(number[2]) === id : false : fits(op.name) || fits(op.kind);
      if (isOp || op.inputs.some(isTensor) || op.outputs.some(isTensor)) ops.push(id);
    });
    const hits = ops.flatMap(op => (stepsOf.get(op) || []).map(step => ({ step, op })));
    if (number && number[1] === 'step' && report.steps[number[2]]) hits.push({ step: Number(number[2]), op: null });
    return hits;
  };
  const update = () => {
    document.querySelectorAll('.found').forEach(element => element.classList.remove('found'));
    found = search(field.value);
    current = -1;
    document.body.classList.toggle('searching', found.length > 0);
    const steps = new Set(found.map(hit => hit.step));
    steps.forEach(step => document.querySelectorAll('.cluster[data-step="' + step + '"], tr[data-step="' + step + '"]')
      .forEach(element => element.classList.add('found')));
    found.forEach(hit => graph.querySelectorAll('.node[data-op="' + hit.op + '"]')
      .forEach(element => element.classList.add('found')));
    const ops = new Set(found.map(hit => hit.op)).size;
    document.querySelectorAll('.groups button').forEach(button =>
      button.setAttribute('aria-pressed', String(field.value === button.dataset.search)));
    outcome.textContent = !field.value.trim() ? '' : !found.length ? 'nothing of that name'
      : ops + (ops === 1 ? ' op in ' : ' ops in ') + steps.size + (steps.size === 1 ? ' step' : ' steps');
  };
  const go = by => {
    if (!found.length) return;
    current = (current + by + found.length) % found.length;
    const { step, op } = found[current];
    pin(step);
    const node = graph.querySelector(op === null ? '.cluster[data-step="' + step + '"]'
      : '.node[data-op="' + op + '"][data-step="' + step + '"]') || graph.querySelector('.cluster[data-step="' + step + '"]');
    if (node) lookAt(node);
    outcome.textContent = (current + 1) + ' of ' + found.length + ': ' + (op === null ? '' : 'op ' + opText(op) + ' in ') + 'step ' + step;
  };
  // The name of a layer or node is a button that searches it, and once more lets go.
  document.querySelectorAll('[data-group]').forEach(cell => {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.search = report.groups.kind + ': ' + report.groups.groups[cell.dataset.group].name;
    button.setAttribute('aria-pressed', 'false');
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener('click', () => {
      field.value = field.value === button.dataset.search ? '' : button.dataset.search;
      update();
    });
  });
  field.addEventListener('input', update);
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter') { event.preventDefault(); go(event.shiftKey ? -1 : 1); }
    if (event.key === 'Escape') { field.value = ''; update(); }
  });
})();
