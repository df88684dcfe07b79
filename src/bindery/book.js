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

// Menu of editions: leads to the same page of another one, from disk too. `bookEdition` says which
// edition this is and where the book begins; the list there is of the editions that are there.
const edition = window.bookEdition;
if (edition) {
  const home = new URL("..", document.currentScript.src);
  const root = new URL(edition.root, home);
  const list = document.createElement("script");
  list.src = new URL("editions.js", root);
  list.onload = () => addMenu(window.bookEditions, home, root);
  document.head.append(list);
}

function addMenu({ editions, comparison }, home, root) {
  if (editions.length < 2) return;
  const here = location.pathname.slice(home.pathname.length) || "index.html";
  const compared = here === comparison && home.href === root.href;
  const menu = document.createElement("details");
  menu.className = "editions";
  const summary = menu.appendChild(document.createElement("summary"));
  const items = menu.appendChild(document.createElement("ul"));
  const add = (text, address, current) => {
    const link = document.createElement("a");
    link.textContent = text;
    link.href = address;
    if (current) link.setAttribute("aria-current", "page");
    items.appendChild(document.createElement("li")).append(link);
    // The place on the page, as it is when the reader leaves.
    link.addEventListener("click", () => { if (address.pathname.endsWith(here)) link.hash = location.hash; });
  };
  for (const { name, title, path, older, pages } of editions) {
    const own = name === edition.name && !compared;
    const page = pages.includes(here) ? here : "index.html";
    add(older ? `${title} (from older sources)` : title, new URL(path + page, root), own);
    if (own) summary.textContent = `Edition: ${title}`;
  }
  if (comparison) add("Compare the editions", new URL(comparison, root), compared);
  if (compared) summary.textContent = "Editions";
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    summary.focus();
  });
  const frame = document.createElement("nav");
  frame.setAttribute("aria-label", "Editions");
  frame.append(menu);
  (document.querySelector(".header-article-items__start") ?? document.body).append(frame);
}
