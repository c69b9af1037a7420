// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry, MintParams, Payee} from "../src/interfaces/IModelRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// setPayees
// ├── when the caller is not the owner                   reverts
// ├── when one is nobody or gets nothing                 reverts
// ├── when they are more than 8, or do not share it all  reverts
// ├── when the list is empty                             gives everything to the owner again
// └── otherwise                                          replaces the list
// a sale of the token
// ├── to another                                         clears payees and agent: payouts follow the token
// │                                                      offers, releases, royalties and the resale share stay
// └── to its owner itself                                changes nothing
contract PayeesTest is ModelTest {
    uint256 private modelId;

    function setUp() public override {
        super.setUp();
        modelId = mintModel(OWNER, "root", 1);
    }

    function test_TheOwnerIsTheOnlyPayeeAtFirst() public view {
        checkOwnerAlone(OWNER);
    }

    function test_TheOwnerNamesPayees() public {
        Payee[] memory payees = pair(BUYER, 9_999, HOST, 1);
        vm.expectEmit(address(models));
        emit IModelRegistry.PayeesChanged(modelId, payees);
        set(payees);
        eq(keccak256(abi.encode(models.payeesOf(modelId))), keccak256(abi.encode(payees)));
        payees = pair(HOST, 5_000, OUTSIDER, 5_000);
        set(payees);
        eq(keccak256(abi.encode(models.payeesOf(modelId))), keccak256(abi.encode(payees)));
        set(new Payee[](0));
        checkOwnerAlone(OWNER);
    }

    function test_EightPayeesAtMost() public {
        set(many(8));
        eq(models.payeesOf(modelId).length, 8);
        refuse(many(9), 9, 10_000);
    }

    function test_RevertWhen_TheyDoNotShareItAll() public {
        refuse(pair(BUYER, 5_000, HOST, 4_999), 2, 9_999);
        refuse(pair(BUYER, 5_000, HOST, 5_001), 2, 10_001);
    }

    function test_RevertWhen_APayeeIsNobodyOrGetsNothing() public {
        refuseOne(pair(BUYER, 10_000, HOST, 0), HOST, 0);
        refuseOne(pair(BUYER, 5_000, address(0), 5_000), address(0), 5_000);
    }

    function test_RevertWhen_AnotherNamesPayees() public {
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotOwner.selector, modelId, HOST));
        vm.prank(HOST);
        models.setPayees(modelId, pair(BUYER, 5_000, HOST, 5_000));
    }

    function test_ASaleMovesPayoutsAndKeepsObligations() public {
        uint256 childId = soldChild();
        require(!models.mayDeliver(childId, VERIFIER) && !models.mayDeliver(childId, OWNER), "agent and former owner");
        require(models.mayDeliver(childId, OUTSIDER), "new owner");
        eq(models.payeesOf(childId).length, 1);
        eq(models.payeesOf(childId)[0].account, OUTSIDER);
        eq(models.royaltyOf(childId, modelId), 250);
        eq(models.lineageOf(childId), 250);
        eq(models.offerOf(childId, 0), 3);
        eq(models.slashBpsOf(childId), 7);
        eq(models.model(childId).release, 1);
        (address receiver, uint256 amount) = models.royaltyInfo(childId, 1_000);
        eq(receiver, OWNER);
        eq(amount, 100);
    }

    function test_ASaleSaysWhatItClears() public {
        set(pair(BUYER, 5_000, HOST, 5_000));
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        vm.expectEmit(address(models));
        emit IModelRegistry.PayeesChanged(modelId, new Payee[](0));
        vm.expectEmit(address(models));
        emit IModelRegistry.AgentChanged(modelId, address(0));
        transfer(OUTSIDER);
        checkOwnerAlone(OUTSIDER);
    }

    function test_ASaleClearsASinglePayee() public {
        Payee[] memory payees = new Payee[](1);
        payees[0] = Payee(HOST, 10_000);
        set(payees);
        transfer(OUTSIDER);
        checkOwnerAlone(OUTSIDER);
    }

    function test_ATransferToOneselfChangesNothing() public {
        set(pair(BUYER, 5_000, HOST, 5_000));
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        transfer(OWNER);
        eq(models.payeesOf(modelId).length, 2);
        require(models.mayDeliver(modelId, HOST), "agent");
    }

    function testFuzz_setPayees(uint256 seed, uint256 count) public {
        Payee[] memory payees = new Payee[](bound(count, 1, 10));
        uint256 left = 10_000;
        for (uint256 i = 0; i < payees.length; ++i) {
            uint256 bps = i + 1 == payees.length ? left : bound(uint256(keccak256(abi.encode(seed, i))), 0, left);
            left -= bps;
            if (seed % 5 == 0 && i == 0 && bps > 0) --bps; // one basis point short
            payees[i] = Payee(address(uint160(i + 1)), uint16(bps));
        }
        bool valid = payees.length <= 8;
        uint256 total;
        for (uint256 i = 0; i < payees.length; ++i) {
            valid = valid && payees[i].bps != 0;
            total += payees[i].bps;
        }
        vm.prank(OWNER);
        try models.setPayees(modelId, payees) {
            require(valid && total == 10_000, "admitted");
            eq(keccak256(abi.encode(models.payeesOf(modelId))), keccak256(abi.encode(payees)));
        } catch {
            require(!valid || total != 10_000, "refused");
            checkOwnerAlone(OWNER);
        }
    }

    function testFuzz_transferFrom(address to, bool named) public {
        vm.assume(to != address(0));
        if (named) set(pair(BUYER, 5_000, HOST, 5_000));
        transfer(to);
        eq(models.payeesOf(modelId).length, named && to == OWNER ? 2 : 1);
        if (to != OWNER) checkOwnerAlone(to);
    }

    /// @dev A child of `modelId` with everything an owner can name, sold to OUTSIDER.
    function soldChild() private returns (uint256 childId) {
        committed(OUTSIDER, "child");
        uint256 licenseId = license(OUTSIDER, modelId, deriveTerms(250, true));
        MintParams memory p = mintParams(OWNER, "child", termsRegistry.register(terms(7)));
        (p.agent, p.resaleBps, p.parents) = (VERIFIER, 1_000, one(modelId, licenseId));
        vm.prank(OUTSIDER);
        childId = models.mint(p);
        vm.startPrank(OWNER);
        models.setPayees(childId, pair(BUYER, 5_000, HOST, 5_000));
        models.transferFrom(OWNER, OUTSIDER, childId);
        vm.stopPrank();
    }

    function set(Payee[] memory payees) private {
        vm.prank(OWNER);
        models.setPayees(modelId, payees);
    }

    function transfer(address to) private {
        vm.prank(OWNER);
        models.transferFrom(OWNER, to, modelId);
    }

    function refuse(Payee[] memory payees, uint256 count, uint256 totalBps) private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_InvalidPayees.selector, count, totalBps));
        set(payees);
    }

    function refuseOne(Payee[] memory payees, address account, uint16 bps) private {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_InvalidPayee.selector, account, bps));
        set(payees);
    }

    function checkOwnerAlone(address owner) private view {
        Payee[] memory payees = models.payeesOf(modelId);
        eq(payees.length, 1);
        eq(payees[0].account, owner);
        eq(payees[0].bps, 10_000);
    }

    function pair(
        address first,
        uint16 firstBps,
        address second,
        uint16 secondBps
    ) private pure returns (Payee[] memory payees) {
        payees = new Payee[](2);
        (payees[0], payees[1]) = (Payee(first, firstBps), Payee(second, secondBps));
    }

    function many(uint16 count) private pure returns (Payee[] memory payees) {
        payees = new Payee[](count);
        for (uint16 i = 0; i < count; ++i) payees[i] = Payee(address(uint160(i + 1)), 1_000);
        payees[0].bps = 10_000 - 1_000 * (count - 1);
    }
}
