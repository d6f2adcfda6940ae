// Paper shows everything.
addEventListener('beforeprint', () => {
  fit();
  draw();
  document.querySelectorAll('details').forEach(details => { details.open = true; });
});
