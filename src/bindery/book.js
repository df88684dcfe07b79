// Boxes that are wider than the page: reachable by keyboard, named, and with a visible hint.
const boxes = document.querySelectorAll(".exhibit figure, .pst-scrollable-table-container");

function mark(box) {
  const scrolls = box.scrollWidth > box.clientWidth + 1;
  box.classList.toggle("scrolls", scrolls);
  if (scrolls) {
    const caption = box.querySelector(".caption-number");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${caption ? caption.textContent.trim() : "Table"}, scrolls sideways`);
  } else {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

const observer = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
for (const box of boxes) {
  const hint = document.createElement("p");
  hint.className = "scroll-hint";
  hint.textContent = "Scroll sideways for the rest";
  box.after(hint);
  for (const picture of box.querySelectorAll("img")) picture.addEventListener("load", () => mark(box));
  observer.observe(box);
}
