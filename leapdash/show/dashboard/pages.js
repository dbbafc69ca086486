// What links to pages are, and which is the current one, also for who doesn't see its mark.
window.leapdashPages ??= (() => {
  const mark = () => {
    const row = document.querySelector(".st-key-pages");
    if (row && row.getAttribute("role") !== "navigation") row.setAttribute("role", "navigation");
    document.querySelectorAll(".st-key-pages a").forEach((link) => {
      const here = Boolean(link.closest(".st-key-page-here"));
      if (here && !link.hasAttribute("aria-current")) link.setAttribute("aria-current", "page");
      if (!here && link.hasAttribute("aria-current")) link.removeAttribute("aria-current");
    });
  };
  new MutationObserver(mark).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["class"],
  });
  mark();
  return true;
})();
