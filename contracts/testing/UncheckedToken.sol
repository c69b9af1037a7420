// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice An EIP-3009 token that checks no signature: x402's published gas figures are measured with such a one.
contract UncheckedToken is ERC20 {
    constructor() ERC20("Unchecked Dollar", "UUSD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256,
        uint256,
        bytes32,
        bytes memory
    ) external {
        _transfer(from, to, value);
    }
}
