// A chart's own buttons. A link to a chart is the address of the view, with the chart's name after #.
window.leapdashButtons ??= (() => {
  const place = (figure) => document.querySelector(`[class~="st-key-figure-${CSS.escape(figure)}"]`);

  // The chart's own button makes the picture; it is asked for another kind of it.
  const picture = (figure, format) => {
    const chart = place(figure)?.querySelector(".js-plotly-plot");
    const button = chart?.querySelector('[data-title="Download plot as a PNG"], .modebar-btn');
    if (!button) return;
    const options = chart._context.toImageButtonOptions;
    const before = options.format;
    options.format = format;
    button.click();
    options.format = before;
  };

  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".leapdash-buttons button");
    if (!button) return;
    const { figure, picture: format, copied } = button.dataset;
    if (format) return picture(figure, format);
    const at = new URL(window.location.href);
    at.hash = figure;
    await copy(at.href);
    const says = button.textContent;
    button.textContent = copied;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.textContent = says; }, 2000);
  });

  // Who opens such a link is led to the chart, once it is there.
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (wanted) {
    let tries = 60;
    const timer = setInterval(() => {
      const found = place(wanted);
      if (found?.querySelector(".main-svg")) found.scrollIntoView({ block: "center" });
      if (found?.querySelector(".main-svg") || --tries === 0) clearInterval(timer);
    }, 250);
  }
  return true;
})();
