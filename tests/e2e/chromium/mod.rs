//! Journeys that need the protocol of Chrome's developer tools, or switches of Chromium.

mod file;
mod medium;
mod memory;
mod network;
mod palette;
mod suspension;
mod tab;
