// Streamlit's own English, put into the page's language: see streamlit_words.py.
(() => {
  const given = GIVEN;
  document.documentElement.lang = given.language;
  const size = /^(\d+)([KMG]B) per file/;
  const said = text => given.words[text.trim()] ?? text.replace(size, given.size);
  const labels = ["aria-label", "placeholder", "title"];
  const speak = root => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = walk.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        const text = said(node.nodeValue);
        if (text !== node.nodeValue) node.nodeValue = text;
      } else if (node.getAttribute) {
        for (const label of labels) {
          const text = node.getAttribute(label);
          if (text && said(text) !== text) node.setAttribute(label, said(text));
        }
      }
    }
  };
  window.prossimaSpeaking?.disconnect();
  if (given.language === "en") return;
  speak(document.body);
  window.prossimaSpeaking = new MutationObserver(changes => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(speak);
      else speak(change.target);
    }
  });
  window.prossimaSpeaking.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: labels,
  });
})();
