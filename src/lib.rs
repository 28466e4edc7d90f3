//! The widget.
use wasm_bindgen::prelude::*;
use yew::prelude::*;

#[component]
fn Hello() -> Html {
    html! { <h2>{ "Hello" }</h2> }
}

/// Puts the widget into `root`.
#[wasm_bindgen]
pub fn mount(root: web_sys::Element) {
    yew::Renderer::<Hello>::with_root(root).render();
}
