// Short messages, said where the reader is: a dialog hides what is behind it from assistive technology, too.

const say = (() => {
  let timer = 0;
  let shown = null;
  return (text) => {
    const open = [...document.querySelectorAll("dialog[open]")].pop();
    const place = open?.querySelector(".says") ?? document.querySelector("body > .says");
    if (shown && shown !== place) shown.textContent = "";
    shown = place;
    place.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => { place.textContent = ""; }, 6000);
  };
})();
