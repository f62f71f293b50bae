// Long prompts show their beginning, and the rest when they are asked to.

const foldPrompts = (sheet) => {
  const longest = 220;
  for (const row of sheet.rows) {
    if (row.words.length <= longest) continue;
    const heading = row.element.querySelector("h3");
    heading.classList.add("folded");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unfold-prompt";
    button.textContent = "Whole prompt";
    button.setAttribute("aria-expanded", "false");
    heading.after(button);
    button.addEventListener("click", () => {
      const isOpen = !heading.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(isOpen));
      button.textContent = isOpen ? "Less" : "Whole prompt";
    });
  }
};
