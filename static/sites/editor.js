// Names each automatic mail in its heading: "Confirmation" tells more than "Automatic mail 1".
document.querySelectorAll("[data-message-label]").forEach((input) => {
  const heading = input.closest("section")?.querySelector("[data-panel-heading-text]");
  if (heading) heading.textContent = input.dataset.messageLabel;
});
