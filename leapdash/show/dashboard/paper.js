// Charts are drawn at the width of the screen. A view box lets them follow the width of the paper.
window.leapdashPaper ??= (() => {
  const drawings = () => document.querySelectorAll(".svg-container > .main-svg");
  window.addEventListener("beforeprint", () => drawings().forEach((drawing) => {
    const { width, height } = drawing.getBoundingClientRect();
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("preserveAspectRatio", "xMinYMin");
  }));
  window.addEventListener("afterprint", () => drawings().forEach((drawing) => {
    drawing.removeAttribute("viewBox");
  }));
  return true;
})();
