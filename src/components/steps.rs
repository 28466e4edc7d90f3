//! What happens next, as a line of steps with the date of each.

use yew::prelude::*;

/// A step: when, and what.
pub type Step = (AttrValue, AttrValue);

/// The steps, in order.
pub fn steps(steps: Vec<Step>) -> Html {
    html! {
        <ol class="steps">
            { for steps.into_iter().map(|(when, what)| html! {
                <li><p class="step-when">{ when }</p><p>{ what }</p></li>
            }) }
        </ol>
    }
}
