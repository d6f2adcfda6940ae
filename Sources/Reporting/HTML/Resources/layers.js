// Steps have colours of their own, or that of the layer whose ops they compute, in every drawing at once.
const layerOf = step => report.groups.group_of_op[report.steps[step].ops[0]];
const layerButton = document.getElementById('colour-layers');
let isByLayer = false;
const colourOf = step => 'c' + (isByLayer ? layerOf(step) : step) % 12;
const whenColoured = [];
if (layerButton) {
  layerButton.addEventListener('click', () => {
    isByLayer = !isByLayer;
    layerButton.setAttribute('aria-pressed', String(isByLayer));
    document.body.classList.toggle('by-layer', isByLayer);
    for (const element of document.querySelectorAll('[data-step]')) {
      for (const part of [element, ...element.querySelectorAll('.swatch')]) {
        const names = part.getAttribute('class') || '';
        const colour = /(^| )c\d+( |$)/;
        const other = names.replace(colour, '$1' + colourOf(element.dataset.step) + '$2');
        if (other !== names) part.setAttribute('class', other);
      }
    }
    whenColoured.forEach(act => act());
  });
}
