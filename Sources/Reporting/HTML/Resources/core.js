const report = JSON.parse(document.getElementById('report').textContent);
const tip = document.getElementById('tip');
document.documentElement.classList.add('live');
// Controls show where there is a program behind them.
for (const id of ['search-tools', 'graph-tools', 'timeline-live']) document.getElementById(id).hidden = false;

// Numbers as the page writes them elsewhere: thousands set apart, at most one decimal.
const readable = value => value === null || value === undefined || !isFinite(value) ? '-'
  : Math.abs(value) >= 1e15 ? String(value)
  : value.toLocaleString('en-US', { maximumFractionDigits: 1 });
const share = (part, whole) => whole > 0 ? Math.min(100, 100 * part / whole).toFixed(0) + '%' : '-';
const list = (ids, name = id => id) => ids.length
  ? ids.slice(0, 24).map(name).join(' ') + (ids.length > 24 ? ' (+' + (ids.length - 24) + ')' : '') : 'none';
const cut = (text, length) => text.length > length ? text.slice(0, Math.max(1, length - 1)) + '…' : text;

const opName = id => (report.ops[id] && report.ops[id].name) || '';
const opText = id => opName(id) ? id + ' (' + cut(opName(id), 60) + ')' : String(id);
// The end of a name says more than its beginning, which whole layers share.
const tailName = id => opName(id).split(/[/.]/).filter(part => part).slice(-2).join('.') || String(id);
const tensorText = id => {
  const tensor = report.tensors[id];
  if (!tensor) return String(id);
  return id + ' (' + (tensor.name ? cut(tensor.name, 60) + ', ' : '') + tensor.shape.join(' x ')
    + (tensor.is_input ? ', graph input' : tensor.is_output ? ', graph output' : '') + ')';
};

// Units of time and elements, with what they are in the hardware's terms where that is known.
const physical = (value, unit, name) => {
  if (!unit || value === null) return '';
  const scale = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n']];
  const amount = value * unit;
  const [size, prefix] = scale.find(([size]) => amount >= size) || scale[scale.length - 1];
  return ' (' + +(amount / size).toPrecision(3) + ' ' + prefix + name + ')';
};
const units = report.units || {};
const time = value => readable(value) + physical(value, units.seconds_per_unit, 's');
const elements = value => readable(value) + physical(value, units.bytes_per_element, 'B');

const peak = index => {
  const { compute_share_of_peak: compute, bandwidth_share_of_peak: moved } =
    report.physical ? report.physical.steps[index] : {};
  const parts = [[compute, 'multiply-adds'], [moved, 'bandwidth']].filter(([part]) => part !== undefined);
  return parts.length ? '; of peak ' + parts.map(([part, name]) => share(part, 1) + ' in ' + name).join(', ') : '';
};

const aboutStep = index => {
  const step = report.steps[index];
  if (!step) return '';
  return [
    'Step ' + index + ': ' + (step.ops.length === 1 ? 'op ' : 'ops ') + list(step.ops, opText),
    'granularity ' + step.granularity.join(' x ') + ', ' + step.order + ', ' + step.grid.join(' x ') + ' tiles, '
      + readable(step.iterations) + (step.iterations === 1 ? ' iteration' : ' iterations'),
    'latency ' + time(step.latency) + ', ' + share(step.latency, report.total_latency) + ' of all' + peak(index),
    'compute ' + time(step.compute) + ', transfer ' + time(step.transfer),
    'in ' + elements(step.loaded_elements) + ', out ' + elements(step.evicted_elements) + ' elements',
    'peak ' + readable(step.peak_working_set) + ' (' + share(step.peak_working_set, report.facts.fast_memory_capacity)
      + ' of capacity)',
    'resident: ' + list(step.resident, tensorText) + '; retained: ' + list(step.retained, tensorText),
  ].join('\n');
};
const aboutOp = index => {
  const op = report.ops[index];
  return op ? 'Op ' + opText(index) + ', ' + op.kind + (op.function ? ', ' + op.function : '')
    + ', writes ' + op.shape.join(' x ') + ', base cost ' + readable(op.base_cost) + '\nreads ' + list(op.inputs, tensorText)
    + '\nwrites ' + list(op.outputs, tensorText) + '\n\n' : '';
};

// A title inside a drawing would show as a second tooltip over ours; its text becomes the name of the drawing.
for (const drawing of document.querySelectorAll('svg[aria-labelledby]')) {
  const title = drawing.querySelector(':scope > title');
  drawing.setAttribute('aria-label', title.textContent);
  drawing.setAttribute('aria-describedby', drawing.querySelector(':scope > desc').id);
  drawing.removeAttribute('aria-labelledby');
  title.remove();
}

const svgElement = (name, attributes = {}, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
