//! Other ways to reach the landlord (Code 3.1), as its file gives them.

use domain::choices::Choice;
use domain::landlord::{Channel, ChannelKind};
use yew::prelude::*;

use super::link::link;
use super::text::small;
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
        let text = html! { <bdi>{ value.clone() }</bdi> };
        let shown = match channel.kind {
            ChannelKind::Phone => {
                html! { <a href={["tel:", &value.replace(' ', "")].concat()}>{ text }</a> }
            }
            ChannelKind::Email => html! { <a href={["mailto:", value].concat()}>{ text }</a> },
            ChannelKind::Portal | ChannelKind::WebForm => link(messages, value, text),
            ChannelKind::Post
            | ChannelKind::InPerson
            | ChannelKind::Staff
            | ChannelKind::Contractor => text,
        };
        html! { <p>{ shown }</p> }
    });
    html! {
        <div>
            <dt>{ messages.t(&["channel.", channel.kind.key()].concat()) }</dt>
            <dd>
                { value }
                { channel.note.as_ref().map(|note| small(note.clone())) }
            </dd>
        </div>
    }
}
