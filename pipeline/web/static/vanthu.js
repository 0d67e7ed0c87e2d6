// Small comforts; every page works without them.
document.addEventListener("htmx:responseError", (event) => {
  const box = document.createElement("p");
  box.className = "bao loi";
  box.setAttribute("role", "alert");
  box.textContent = event.detail.xhr.status === 401
    ? "Phiên làm việc đã hết. Hãy tải lại trang và đăng nhập; chữ gõ đến lần lưu trước vẫn còn."
    : "Máy chủ chưa trả lời được. Hãy tải lại trang; nếu vẫn vậy, báo người quản trị.";
  event.target.prepend(box);
});
// A place to drop files on, which says in our words what was chosen.
for (const input of document.querySelectorAll(".tha-tep input[type=file]")) {
  const place = input.parentElement;
  const told = document.createElement("span");
  told.className = "da-chon";
  told.setAttribute("aria-hidden", "true");
  const say = () => {
    const names = [...input.files].map((file) => file.name);
    const many = input.multiple ? " (nhiều tệp cũng được)" : "";
    told.textContent = names.length ? names.join(", ") : `Kéo tệp thả vào đây, hoặc bấm để chọn${many}`;
  };
  input.addEventListener("change", say);
  for (const [name, is] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    input.addEventListener(name, () => place.classList.toggle("dang-keo", is));
  }
  input.after(told);
  place.classList.add("co-khung");
  say();
}
// A form that was checked as one types: who listens hears which field is wrong.
document.addEventListener("htmx:afterSettle", () => {
  for (const told of document.querySelectorAll(".sai[data-cho]")) {
    const field = document.getElementById(told.dataset.cho);
    if (field && field.matches("input, select, textarea")) {
      field.toggleAttribute("aria-invalid", false);
      if (told.textContent.trim()) field.setAttribute("aria-invalid", "true");
    }
  }
});
// On a phone the menu is longer than the screen: where one is stays in sight.
document.addEventListener("DOMContentLoaded", () => {
  for (const here of document.querySelectorAll(".menu [aria-current], .cac-ngan [aria-current]")) {
    const row = here.closest("ul, nav");
    row.scrollLeft = Math.max(0, here.offsetLeft - row.offsetLeft - 24);
  }
});
// «/» leads to the box where one searches, from anywhere but a place to write.
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, select, [contenteditable]");
  const box = document.querySelector("input[name=q][type=search]");
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || writes || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
