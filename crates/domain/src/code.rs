//! The Complaint Handling Code (2024) as constants, each with its provision, and how to reach the
//! Ombudsman who watches over it. A new edition of the Code is new constants beside these, chosen
//! by the date on which the complaint was received.

use crate::timescale::{StartsFrom, Timescale};
use crate::working_days::WorkingDays;

/// The Code's own definition (1.2), word for word.
pub const DEFINITION: &str = "an expression of dissatisfaction, however made, about the standard of \
    service, actions or lack of action by the landlord, its own staff, or those acting on its \
    behalf, affecting a resident or group of residents";
/// Code 6.2, 6.11: acknowledged, defined and logged within five working days of receipt.
pub const ACKNOWLEDGE_WITHIN: WorkingDays = WorkingDays(5);
/// Code 6.3: a full stage 1 response within ten working days of the acknowledgement.
pub const STAGE_1_WITHIN: WorkingDays = WorkingDays(10);
/// Code 6.4: an extension of no more than ten working days without good reason.
pub const STAGE_1_EXTENSION: WorkingDays = WorkingDays(10);
/// Code 6.14: a final response within twenty working days of the acknowledgement of stage 2.
pub const STAGE_2_WITHIN: WorkingDays = WorkingDays(20);
/// Code 6.15: an extension of no more than twenty working days without good reason.
pub const STAGE_2_EXTENSION: WorkingDays = WorkingDays(20);

/// The longest times that the Code allows. A landlord's file may shorten them.
pub const TIMESCALE: Timescale = Timescale {
    acknowledge: ACKNOWLEDGE_WITHIN,
    stage_1: STAGE_1_WITHIN,
    stage_1_from: StartsFrom::Acknowledgement,
    stage_1_extension: STAGE_1_EXTENSION,
    stage_2: STAGE_2_WITHIN,
    stage_2_from: StartsFrom::Acknowledgement,
    stage_2_extension: STAGE_2_EXTENSION,
};

/// How to reach an Ombudsman.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OmbudsmanContact {
    /// Telephone number, as it is spoken.
    pub phone: &'static str,
    /// Address of the website, as it is shown.
    pub web: &'static str,
    /// Where a complaint is brought online.
    pub url: &'static str,
    /// Postal address.
    pub post: &'static str,
}

/// The Housing Ombudsman Service (Code 3.7). No e-mail address: since 13 January 2026 the
/// Ombudsman's own notice says that new cases are not taken by e-mail.
pub const HOUSING_OMBUDSMAN: OmbudsmanContact = OmbudsmanContact {
    phone: "0300 111 3000",
    web: "www.housing-ombudsman.org.uk",
    url: "https://www.housing-ombudsman.org.uk/residents/make-a-complaint/",
    post: "Housing Ombudsman Service, PO Box 1484, Unit D, Preston, PR2 0ET",
};

/// The Local Government and Social Care Ombudsman, for what a council does beside being a landlord.
/// The resident never has to choose between the two.
pub const LGSCO: OmbudsmanContact = OmbudsmanContact {
    phone: "0300 061 0614",
    web: "www.lgo.org.uk",
    url: "https://www.lgo.org.uk",
    post: "Local Government and Social Care Ombudsman, PO Box 4771, Coventry, CV4 0EH",
};
