// Small comforts; every page works without them.
document.addEventListener("htmx:responseError", (event) => {
  const box = document.createElement("p");
  box.className = "bao loi";
  box.setAttribute("role", "alert");
  box.textContent = "Máy chủ chưa trả lời được. Hãy tải lại trang; nếu vẫn vậy, báo người quản trị.";
  event.target.prepend(box);
});
