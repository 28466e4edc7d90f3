//! Other ways to reach the landlord (Code 3.1), as its file gives them.

use domain::choices::Choice;
use domain::landlord::{Channel, ChannelKind};
use yew::prelude::*;

use crate::messages::Messages;

/// A list of ways, each with what is known about it.
pub fn channels(messages: &Messages, channels: &[Channel]) -> Html {
    html! {
        <dl class="contacts channels">
            { for channels.iter().map(|it| channel(messages, it)) }
        </dl>
    }
}

fn channel(messages: &Messages, channel: &Channel) -> Html {
    let value = channel.value.as_ref().map(|value| {
        let link = match channel.kind {
            ChannelKind::Phone => Some(["tel:", &value.replace(' ', "")].concat()),
            ChannelKind::Email => Some(["mailto:", value].concat()),
            ChannelKind::Portal => Some(value.clone()),
            ChannelKind::Post | ChannelKind::InPerson | ChannelKind::Staff => None,
        };
        let text = html! { <bdi>{ value.clone() }</bdi> };
        match link {
            Some(href) => html! { <p><a {href}>{ text }</a></p> },
            None => html! { <p>{ text }</p> },
        }
    });
    html! {
        <div>
            <dt>{ messages.t(&["channel.", channel.kind.key()].concat()) }</dt>
            <dd>
                { value }
                { channel.note.as_ref().map(|note| html! { <p class="small">{ note.clone() }</p> }) }
            </dd>
        </div>
    }
}
