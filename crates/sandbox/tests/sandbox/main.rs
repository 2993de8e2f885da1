//! The sandbox over real sockets.

#[cfg(test)]
mod caller;
#[cfg(test)]
mod client;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod living;
#[cfg(test)]
mod placing;
#[cfg(test)]
mod program;
#[cfg(test)]
mod real_servers;
#[cfg(test)]
mod records;
#[cfg(test)]
mod responses;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod validation;
#[cfg(test)]
mod walkthrough;
#[cfg(test)]
mod year;
