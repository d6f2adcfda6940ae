// Zooming and moving the graph.
const graph = document.getElementById('graph');
const whole = graph.viewBox.baseVal;
const home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
let view = { ...home };
const pixel = () => {
  const box = graph.getBoundingClientRect();
  return Math.max(view.width / Math.max(1, box.width), view.height / Math.max(1, box.height));
};
let isWaiting = false;
const draw = () => {
  isWaiting = false;
  graph.setAttribute('viewBox', [view.x, view.y, view.width, view.height].join(' '));
  // Op numbers smaller than this cannot be read; the numbers of the steps take their place. Names need more room.
  graph.classList.toggle('far', pixel() > 1.75);
  graph.classList.toggle('near', pixel() < 0.62);
  graph.classList.toggle('zoomed', view.width < home.width * 0.999);
};
const apply = () => {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(draw);
};
const toGraph = (x, y) => {
  const point = new DOMPoint(x, y).matrixTransform(graph.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
};
const keep = () => {
  view.x = Math.max(home.x, Math.min(view.x, home.x + home.width - view.width));
  view.y = Math.max(home.y, Math.min(view.y, home.y + home.height - view.height));
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
const pan = (x, y) => { view.x += x; view.y += y; keep(); apply(); };
const fit = () => { view = { ...home }; apply(); };
const middle = () => ({ x: view.x + view.width / 2, y: view.y + view.height / 2 });

// Shows a box of the graph in the middle, large enough to read.
const lookAt = element => {
  const box = element.getBBox();
  const scale = Math.min(1, Math.max(320, box.width * 3) / view.width);
  view.width *= scale;
  view.height *= scale;
  view.x = box.x + box.width / 2 - view.width / 2;
  view.y = box.y + box.height / 2 - view.height / 2;
  keep();
  apply();
};

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
document.getElementById('graph-tools').addEventListener('click', event => {
  const kind = event.target.dataset.zoom;
  if (kind === 'in') zoom(0.7, middle());
  if (kind === 'out') zoom(1 / 0.7, middle());
  if (kind === 'fit') fit();
});
addEventListener('resize', apply);
draw();
