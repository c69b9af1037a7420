// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {IModelRegistry, MintParams, Model} from "../src/interfaces/IModelRegistry.sol";
import {ITermsRegistry, Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {ModelTest} from "../testing/ModelFixture.sol";

// mint (code books: CodeBooks.t.sol, parents: Lineage.t.sol)
// ├── when nothing is offered, or under unknown terms or the wrong kind   reverts
// ├── when the resale share is above its cap                              reverts
// ├── when the owner is nobody                                            reverts
// └── otherwise           mints to the owner, keeps what was given, fixes the slash by the first offer, tells the rest
//                         in events
// setOffer
// ├── when the caller is not the owner, the kind or terms are wrong       reverts
// └── otherwise                                                           changes that kind alone; 0 withdraws it
// setAgent, setUri        the owner alone
// setResale
// ├── when the caller is not the receiver, or asks for more than before   reverts
// └── otherwise                                                           hands it on or lowers it, 0 ends it
// model, slashBpsOf, latestRelease, payeesOf, tokenURI                    revert for a model that is not there
contract ModelRegistryTest is ModelTest {
    function test_MintTellsWhatItKeepsAndWhatItDoesNot() public {
        bytes32 commitId = committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(5_000)));
        p.agent = OUTSIDER;
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelMinted(1, OWNER, commitId, OUTSIDER, 5_000, PUBLISHER);
        vm.expectEmit(address(models));
        emit IModelRegistry.ModelReleased(1, 1, commitId, p.weightsDigest, p.controlPanelDigest, 0);
        vm.expectEmit(address(models));
        emit IModelRegistry.OfferChanged(1, TermsKind.SERVE, 1);
        uint256 modelId = mint(p);
        eq(modelId, 1);
        eq(models.modelCount(), 1);
        eq(models.ownerOf(modelId), OWNER);
        eq(keccak256(bytes(models.tokenURI(modelId))), keccak256(bytes(PUBLISHER)));
        Model memory model = models.model(modelId);
        eq(model.agent, OUTSIDER);
        eq(model.offers[0], 1);
        eq(model.offers[1], 0);
        eq(model.release, 1);
        eq(model.slashBps, 5_000);
        eq(model.mintedAt, block.timestamp);
        eq(keccak256(bytes(model.uri)), keccak256(bytes(PUBLISHER)));
        (address receiver, uint256 amount) = models.royaltyInfo(modelId, 1_000);
        eq(receiver, address(0));
        eq(amount, 0);
    }

    function test_AModelMayOfferEveryKind() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(77)));
        p.offers[1] = termsRegistry.register(privateTerms());
        Terms memory derive = deriveTerms(100, true);
        derive.slashBps = 77;
        p.offers[2] = termsRegistry.register(derive);
        uint256 modelId = mint(p);
        for (uint8 kind = 0; kind < 3; ++kind) {
            eq(models.offerOf(modelId, kind), kind + 1);
            eq(models.model(modelId).offers[kind], kind + 1);
        }
        eq(models.offerOf(modelId, 3), 0);
        eq(models.slashBpsOf(modelId), 77);
    }

    function test_TheFirstOfferFixesTheSlash() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", 0);
        p.offers[2] = termsRegistry.register(deriveTerms(100, true));
        uint256 modelId = mint(p);
        eq(models.slashBpsOf(modelId), 1);
        uint32 harsher = termsRegistry.register(terms(5_000));
        vm.startPrank(OWNER);
        models.setOffer(modelId, TermsKind.DERIVE, 0);
        models.setOffer(modelId, TermsKind.SERVE, harsher);
        vm.stopPrank();
        eq(models.slashBpsOf(modelId), 1);
    }

    function test_RevertWhen_NothingIsOffered() public {
        committed(OWNER, "root");
        vm.expectRevert(IModelRegistry.ModelRegistry_NoOffer.selector);
        mint(mintParams(OWNER, "root", 0));
    }

    function test_RevertWhen_TheOfferIsUnknownOrOfAnotherKind() public {
        committed(OWNER, "root");
        vm.expectRevert(abi.encodeWithSelector(ITermsRegistry.TermsRegistry_UnknownTerms.selector, 9));
        mint(mintParams(OWNER, "root", 9));
        uint32 termsId = termsRegistry.register(privateTerms());
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_WrongKind.selector, termsId, TermsKind.SERVE)
        );
        mint(mintParams(OWNER, "root", termsId));
    }

    function test_RevertWhen_MintedToNobody() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        p.owner = address(0);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0)));
        vm.prank(OWNER);
        models.mint(p);
    }

    function test_OffersChangeOneAtATime() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        uint32 monthly = termsRegistry.register(privateTerms());
        vm.expectEmit(address(models));
        emit IModelRegistry.OfferChanged(modelId, TermsKind.PRIVATE, monthly);
        vm.startPrank(OWNER);
        models.setOffer(modelId, TermsKind.PRIVATE, monthly);
        eq(models.offerOf(modelId, TermsKind.SERVE), 1);
        eq(models.offerOf(modelId, TermsKind.PRIVATE), monthly);
        models.setOffer(modelId, TermsKind.SERVE, 0);
        eq(models.offerOf(modelId, TermsKind.SERVE), 0);
        eq(models.offerOf(modelId, TermsKind.PRIVATE), monthly);
        eq(models.model(modelId).agent, address(0));
        vm.stopPrank();
    }

    function test_RevertWhen_TheOfferCannotBe() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_WrongKind.selector, 1, 3));
        models.setOffer(modelId, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_WrongKind.selector, 0, 3));
        models.setOffer(modelId, 3, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_WrongKind.selector, 1, TermsKind.DERIVE));
        models.setOffer(modelId, TermsKind.DERIVE, 1);
        vm.expectRevert(abi.encodeWithSelector(ITermsRegistry.TermsRegistry_UnknownTerms.selector, 9));
        models.setOffer(modelId, TermsKind.SERVE, 9);
        vm.stopPrank();
    }

    function test_OwnerAppointsAgent() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        require(models.mayDeliver(modelId, OWNER) && !models.mayDeliver(modelId, OUTSIDER), "owner alone");
        vm.startPrank(OWNER);
        vm.expectEmit(address(models));
        emit IModelRegistry.AgentChanged(modelId, OUTSIDER);
        models.setAgent(modelId, OUTSIDER);
        require(models.mayDeliver(modelId, OUTSIDER) && models.mayDeliver(modelId, OWNER), "agent");
        models.setAgent(modelId, address(0));
        vm.stopPrank();
        require(!models.mayDeliver(modelId, OUTSIDER), "former agent");
        require(!models.mayDeliver(modelId, address(0)) && !models.mayDeliver(9, address(0)), "nobody");
    }

    function test_OwnerMovesThePublisher() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        vm.expectEmit(address(models));
        emit IModelRegistry.UriChanged(modelId, "https://new.example");
        vm.expectEmit(address(models));
        emit IERC4906.MetadataUpdate(modelId);
        vm.prank(OWNER);
        models.setUri(modelId, "https://new.example");
        eq(keccak256(bytes(models.tokenURI(modelId))), keccak256("https://new.example"));
    }

    function test_TheFirstOwnerSharesInResales() public {
        uint256 modelId = mintWithResale(1_000);
        (address receiver, uint256 amount) = models.royaltyInfo(modelId, 5_000);
        eq(receiver, OWNER);
        eq(amount, 500);
        vm.expectEmit(address(models));
        emit IModelRegistry.ResaleChanged(modelId, HOST, 1_000);
        vm.prank(OWNER);
        models.setResale(modelId, HOST, 1_000);
        vm.prank(HOST);
        models.setResale(modelId, HOST, 0);
        (, amount) = models.royaltyInfo(modelId, 5_000);
        eq(amount, 0);
    }

    function test_RevertWhen_TheResaleShareIsTooLarge() public {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        p.resaleBps = 1_001;
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ResaleAboveCap.selector, 1_001, 1_000));
        mint(p);
    }

    function test_RevertWhen_TheResaleShareGrows() public {
        uint256 modelId = mintWithResale(500);
        vm.startPrank(OWNER);
        models.setResale(modelId, OWNER, 499);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_ResaleAboveCap.selector, 500, 499));
        models.setResale(modelId, OWNER, 500);
        vm.expectRevert(
            abi.encodeWithSelector(ERC2981.ERC2981InvalidTokenRoyaltyReceiver.selector, modelId, address(0))
        );
        models.setResale(modelId, address(0), 499);
        vm.stopPrank();
    }

    function test_RevertWhen_AnotherTouchesTheResaleShare() public {
        uint256 shared = mintWithResale(500);
        uint256 unshared = mintModel(OWNER, "other", 1);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotResaleReceiver.selector, shared, OUTSIDER)
        );
        vm.prank(OUTSIDER);
        models.setResale(shared, OUTSIDER, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotResaleReceiver.selector, unshared, OWNER)
        );
        vm.prank(OWNER);
        models.setResale(unshared, OWNER, 1);
    }

    function test_RevertWhen_AnotherActsAsOwner() public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        vm.prank(OWNER);
        models.setAgent(modelId, HOST);
        for (uint256 i = 0; i < 2; ++i) {
            address caller = i == 0 ? OUTSIDER : HOST; // the agent is not the owner either
            bytes memory refusal = abi.encodeWithSelector(
                IModelRegistry.ModelRegistry_NotOwner.selector,
                modelId,
                caller
            );
            vm.startPrank(caller);
            vm.expectRevert(refusal);
            models.setOffer(modelId, 0, 0);
            vm.expectRevert(refusal);
            models.setAgent(modelId, OUTSIDER);
            vm.expectRevert(refusal);
            models.setUri(modelId, "");
            vm.stopPrank();
        }
    }

    function test_RevertWhen_TheModelIsUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownModel.selector, 9);
        vm.expectRevert(unknown);
        models.model(9);
        vm.expectRevert(unknown);
        models.slashBpsOf(9);
        vm.expectRevert(unknown);
        models.latestRelease(9);
        vm.expectRevert(unknown);
        models.payeesOf(9);
        vm.expectRevert(unknown);
        models.tokenURI(9);
        eq(models.offerOf(9, 0), 0);
    }

    function test_LicensesAreBoundOnceByTheDeployer() public {
        eq(address(models.licenses()), address(granted));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_AlreadyBound.selector, granted));
        models.bindLicenses(OUTSIDER);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelRegistry_NotDeployer.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        models.bindLicenses(OUTSIDER);
    }

    function test_ItSaysWhatItSpeaks() public view {
        bytes4[5] memory spoken = [
            bytes4(0x01ffc9a7),
            bytes4(0x80ac58cd),
            bytes4(0x5b5e139f),
            bytes4(0x2a55205a),
            bytes4(0x49064906)
        ];
        for (uint256 i = 0; i < spoken.length; ++i) require(models.supportsInterface(spoken[i]), "speaks");
        require(!models.supportsInterface(0xffffffff), "but not everything");
        eq(keccak256(bytes(models.symbol())), keccak256("OML"));
    }

    function testFuzz_mint(
        address owner,
        address agent,
        uint16 slashBps,
        uint16 resaleBps,
        string calldata uri
    ) public {
        vm.assume(owner != address(0));
        committed(owner, "root");
        MintParams memory p = mintParams(
            owner,
            "root",
            termsRegistry.register(terms(uint16(bound(slashBps, 1, 5_000))))
        );
        (p.agent, p.resaleBps, p.uri) = (agent, uint16(bound(resaleBps, 0, 1_000)), uri);
        uint256 modelId = mint(p);
        eq(models.ownerOf(modelId), owner);
        eq(models.slashBpsOf(modelId), bound(slashBps, 1, 5_000));
        eq(keccak256(bytes(models.tokenURI(modelId))), keccak256(bytes(uri)));
        require(agent == address(0) || models.mayDeliver(modelId, agent), "agent");
        (, uint256 amount) = models.royaltyInfo(modelId, 10_000);
        eq(amount, p.resaleBps);
    }

    function testFuzz_setOffer(uint8 kind, uint8 offered, address caller) public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        termsRegistry.register(privateTerms());
        termsRegistry.register(deriveTerms(1, true));
        (kind, offered) = (uint8(bound(kind, 0, 3)), uint8(bound(offered, 0, 4)));
        if (caller != OUTSIDER) caller = OWNER;
        bool valid = caller == OWNER && kind < 3 && (offered == 0 || offered == kind + 1);
        vm.prank(caller);
        try models.setOffer(modelId, kind, offered) {
            require(valid, "admitted");
            eq(models.offerOf(modelId, kind), offered);
        } catch {
            require(!valid, "refused");
        }
        if (kind != 0) eq(models.offerOf(modelId, 0), 1);
    }

    function testFuzz_setAgentAndUri(address agent, string calldata uri) public {
        uint256 modelId = mintModel(OWNER, "root", 1);
        vm.startPrank(OWNER);
        models.setAgent(modelId, agent);
        models.setUri(modelId, uri);
        vm.stopPrank();
        eq(models.model(modelId).agent, agent);
        eq(models.offerOf(modelId, 0), 1);
        eq(keccak256(bytes(models.model(modelId).uri)), keccak256(bytes(uri)));
    }

    function testFuzz_setResale(uint16 bps, address receiver, address caller) public {
        uint256 modelId = mintWithResale(500);
        bool valid = caller == OWNER && bps <= 500 && receiver != address(0);
        vm.prank(caller);
        try models.setResale(modelId, receiver, bps) {
            require(valid, "admitted");
        } catch {
            require(!valid, "refused");
        }
        vm.assume(receiver != address(0));
        vm.prank(OWNER);
        if (caller != OWNER) models.setResale(modelId, receiver, bps % 501);
    }

    function testFuzz_bindLicenses(address caller, address licenses) public {
        bytes4 refusal =
            caller == address(this)
                ? IModelRegistry.ModelRegistry_AlreadyBound.selector
                : IModelRegistry.ModelRegistry_NotDeployer.selector;
        vm.expectPartialRevert(refusal);
        vm.prank(caller);
        models.bindLicenses(licenses);
    }

    function mintWithResale(uint16 bps) private returns (uint256) {
        committed(OWNER, "root");
        MintParams memory p = mintParams(OWNER, "root", termsRegistry.register(terms(1)));
        p.resaleBps = bps;
        return mint(p);
    }
}
