// Zoom and pan of several pictures as one: all show the same part, whatever the size of their views, and go on
// showing it when the pictures change.

const makeZoom = (views, onChange) => {
  const largest = 32;
  const close = 4;
  let scale = 1;
  // The middle of the views in the picture, as shares of its width and height from its own middle.
  let x = 0;
  let y = 0;
  const pointers = new Map();

  const plateOf = (view) => view.querySelector(".plate");

  function apply() {
    const reach = (1 - 1 / scale) / 2;
    x = Math.min(Math.max(x, -reach), reach);
    y = Math.min(Math.max(y, -reach), reach);
    views.style.setProperty("--scale", scale);
    views.style.setProperty("--x", `${-100 * x * scale}%`);
    views.style.setProperty("--y", `${-100 * y * scale}%`);
    views.classList.toggle("zoomed", scale > 1);
    onChange(scale);
  }

  /// Where a point of the screen is from its view's middle, in shares of the picture's unzoomed size.
  function offset(view, clientX, clientY) {
    const box = view.getBoundingClientRect();
    const plate = plateOf(view);
    return [
      (clientX - box.left - box.width / 2) / plate.offsetWidth,
      (clientY - box.top - box.height / 2) / plate.offsetHeight,
    ];
  }

  /// What is under the point stays there; without one, what is in the middle.
  function to(newScale, at = [0, 0]) {
    newScale = Math.min(Math.max(newScale, 1), largest);
    x += at[0] / scale - at[0] / newScale;
    y += at[1] / scale - at[1] / newScale;
    scale = newScale;
    apply();
  }

  function toggle(at) {
    to(scale > 1 ? 1 : close, at);
  }

  const viewAt = (event) => event.target.closest(".view");

  views.addEventListener("wheel", (event) => {
    const view = viewAt(event);
    if (!view) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A trackpad's pinch comes as small steps with Control.
    const speed = event.ctrlKey ? 0.01 : 0.002;
    to(scale * Math.exp(-event.deltaY * lines * speed), offset(view, event.clientX, event.clientY));
  }, { passive: false });

  views.addEventListener("dblclick", (event) => {
    const view = viewAt(event);
    if (view) toggle(offset(view, event.clientX, event.clientY));
  });

  // One pointer pans, two pinch.
  views.addEventListener("pointerdown", (event) => {
    const view = viewAt(event);
    if (!view || event.button !== 0 || event.target.closest("a, button")) return;
    view.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { view, x: event.clientX, y: event.clientY });
  });
  views.addEventListener("pointermove", (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const moved = [event.clientX - pointer.x, event.clientY - pointer.y];
    const other = [...pointers.values()].find((another) => another !== pointer);
    if (other) {
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const middle = [(event.clientX + other.x) / 2, (event.clientY + other.y) / 2];
      // Half of the way of one finger is the way of the middle between two.
      pan(pointer.view, moved[0] / 2, moved[1] / 2);
      if (before > 0) to((scale * after) / before, offset(pointer.view, ...middle));
    } else if (!views.classList.contains("dividing")) {
      pan(pointer.view, ...moved);
    }
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    views.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }

  function pan(view, dx, dy) {
    const plate = plateOf(view);
    x -= dx / plate.offsetWidth / scale;
    y -= dy / plate.offsetHeight / scale;
    apply();
  }

  return { to, toggle, by: (factor) => to(scale * factor), reset: () => to(1), get scale() { return scale; } };
};
