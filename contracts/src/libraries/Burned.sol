// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Where money goes that nobody is to have.
address constant BURNED = 0x000000000000000000000000000000000000dEaD;
