//! The rules of the Complaint Handling Code.
