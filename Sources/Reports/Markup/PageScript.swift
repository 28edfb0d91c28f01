/// What a page does: its tables are sorted by the column whose title is pressed. Without scripts all the rest is the same.
enum PageScript {
  static let text: StaticString = """
    for (const table of document.querySelectorAll("table.sortable")) {
      const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
      heads.forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const down = head.getAttribute("aria-sort") === "ascending";
          heads.forEach(other => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          const key = row => row.cells[column].dataset.value;
          const order = (a, b) => {
            const [x, y] = [key(a), key(b)];
            if (x !== undefined && y !== undefined) return (Number(x) - Number(y)) * (down ? -1 : 1);
            if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
            return a.cells[column].textContent.localeCompare(b.cells[column].textContent) * (down ? -1 : 1);
          };
          body.append(...[...body.rows].sort(order));
        });
      });
    }
    """
}
