// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState} from "../src/interfaces/IClaimCourt.sol";
import {Account} from "../src/interfaces/ILicenseRegistry.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

/// @notice Claims on two licenses are opened, answered or not, and ended in any order; hosts and verifiers add and take money.
contract CourtHandler is CourtFixture {
    uint256 private smallLicense;
    uint256 private nonces;
    uint256 private supply;

    constructor() {
        deployAll();
        prepare();
        smallLicense = accept(HOST, mintModel(OUTSIDER, "small", 100));
        token.mint(HOST, 1e12);
        supply = token.totalSupply();
    }

    function setUp() public pure override {} // the constructor did it

    function open(bool small, bool paid) external {
        bytes32 salt = bytes32(++nonces);
        uint256 named = small ? smallLicense : licenseId;
        if (token.balanceOf(VERIFIER) < DOLLAR || licenses.slashable(HOST) == 0) return;
        claimUnpaid(unpaid(prove(answer(named, salt), salt)));
        if (paid && token.balanceOf(BUYER) >= 5_000) bookLatest(named);
    }

    function end(uint256 seed) external {
        if (court.claimCount() == 0) return;
        uint256 claimId = 1 + seed % court.claimCount();
        if (stateOf(claimId) == ClaimState.CONTESTED) finalise(claimId);
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 60));
    }

    function deposit(uint256 amount) external {
        vm.prank(HOST);
        licenses.depositBond(HOST, bound(amount, 1, 100 * DOLLAR));
    }

    function withdraw(uint256 amount) external {
        vm.startPrank(HOST);
        licenses.requestWithdrawal(bound(amount, 0, licenses.accountOf(HOST).bond));
        vm.warp(block.timestamp + 120);
        try licenses.withdraw() {} catch {}
        vm.stopPrank();
    }

    /// @notice The court holds the bonds of open claims and nothing else; the registry holds the account's bond; nothing is made or lost.
    function conserves() external view returns (bool) {
        uint256 open_ = 0;
        for (uint256 i = 1; i <= court.claimCount(); ++i) {
            if (stateOf(i) == ClaimState.CONTESTED) ++open_;
        }
        Account memory account = licenses.accountOf(HOST);
        return token.balanceOf(address(court)) == open_ * DOLLAR && token.balanceOf(address(licenses)) == account.bond
            && account.contested <= account.bond && (open_ != 0 || account.contested == 0) && token.totalSupply() == supply;
    }
}

contract CourtInvariant {
    CourtHandler private handler;

    function setUp() public {
        handler = new CourtHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_EveryUnitIsConserved() public view {
        require(handler.conserves(), "money made or lost");
    }
}
