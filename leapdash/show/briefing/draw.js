// Each chart is drawn once, as one SVG as wide as its column, and the scripts go: what is left is a
// document that any reader shows, prints and saves as it stands.
(async () => {
  for (const place of document.querySelectorAll(".chart")) {
    const { width, height, ...figure } = JSON.parse(place.querySelector("script").textContent);
    const drawn = await Plotly.toImage(figure, { format: "svg", width, height, imageDataOnly: true });
    const svg = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-hidden", "true");
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    place.replaceChildren(document.importNode(svg, true));
  }
  const tools = document.querySelectorAll("script, style[id^=plotly], #js-plotly-tester");
  tools.forEach((tool) => tool.remove());
  document.body.dataset.drawn = "yes";
})();
