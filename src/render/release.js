(() => {
  "use strict";
  const button = document.getElementById("copy");
  const article = document.querySelector("article");
  if (!button || !article) return;
  const words = button.textContent;
  const blocks = "h1,h2,h3,h4,h5,h6,p,li,td,th,figcaption,pre";

  // each block's words on a line of their own, without the picture, the banner and the headings nobody sees
  const clean = () => {
    let out = "";
    let before = false;
    for (const block of article.querySelectorAll(blocks)) {
      if (block.querySelector(blocks) || block.closest("[data-aside]")) continue;
      const text = block.textContent.replace(/[ \t\r\n]+/g, " ").trim();
      if (!text) continue;
      const item = block.closest("li");
      const list = item && item.parentElement;
      const number = list && list.matches("ol") ? [...list.children].indexOf(item) + list.start + ". " : "- ";
      if (out) out += item && before ? "\n" : "\n\n";
      out += item ? number + text : text;
      before = item;
    }
    return out + "\n";
  };

  const byHand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = clean();
    try {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        byHand(text);
      }
      button.textContent = button.dataset.done;
      button.dataset.copied = text;
      setTimeout(() => { button.textContent = words; }, 4000);
    } catch {
      getSelection().selectAllChildren(article);
    }
  });
})();
